import HTTPTypes
import Hummingbird

/// Keeps pages of other sites from using a server that asks for no key through the browser of somebody who can reach
/// it: by requests across sites, or by a name of their own that leads to this machine (DNS rebinding).
struct OriginMiddleware: RouterMiddleware {
    /// Whether requests have to bring a key, which a foreign page does not know.
    let needsKey: Bool
    /// Origins whose pages may use the server: `https://example.org`.
    let allowed: Set<String>

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let origin = request.headers[.origin]
        if let origin, allowed.contains(origin) {
            var response =
                request.method == .options
                ? Response(status: .noContent) : try await next(request, context)
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.vary] = "origin"
            response.headers[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, PATCH, DELETE"
            response.headers[.accessControlAllowHeaders] = "authorization, content-type, x-api-key"
            return response
        }
        if !needsKey { try check(request, origin: origin) }
        return try await next(request, context)
    }

    private func check(_ request: Request, origin: String?) throws(Problem) {
        let host = request.head.authority ?? ""
        guard Self.isLoopback(host) else {
            throw Problem(.untrustedOrigin, "without a key the server answers to loopback names only")
        }
        if request.method == .get || request.method == .head { return }
        if let origin, origin != "http://" + host, origin != "https://" + host {
            throw Problem(.untrustedOrigin, "pages of other sites may change nothing")
        }
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" {
            throw Problem(.untrustedOrigin, "pages of other sites may change nothing")
        }
    }

    /// Whether a name with or without a port is one of this machine that nobody else can give to another.
    static func isLoopback(_ authority: String) -> Bool {
        let host: Substring
        if authority.hasPrefix("[") {
            host = authority.prefix { $0 != "]" } + "]"
        } else {
            host = authority.prefix { $0 != ":" }
        }
        return ["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased())
    }
}
