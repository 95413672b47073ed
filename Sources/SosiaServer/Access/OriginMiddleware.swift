import HTTPTypes
import Hummingbird

/// Stops pages of other sites from using a server without keys through the browser of somebody who can reach it: by
/// cross-site requests, or by a name of their own that resolves to this machine (DNS rebinding).
struct OriginMiddleware: RouterMiddleware {
    /// Whether requests need a key, which a foreign page does not know.
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

    /// Whether a host, with or without a port, always means this machine.
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

/// Tells browsers to isolate the server's answers: they load nothing from other sites and leak nothing to them.
struct SecurityHeadersMiddleware: RouterMiddleware {
    /// Answers other than the page may be viewed, not run.
    static let defaultPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = Self.defaultPolicy
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.frameOptions] = "DENY"
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.permissionsPolicy] = "camera=(self), geolocation=(), microphone=()"
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        if response.headers[.accessControlAllowOrigin] == nil {
            response.headers[.crossOriginResourcePolicy] = "same-origin"
        }
        return response
    }
}

/// Header names that swift-http-types lacks.
extension HTTPField.Name {
    static let crossOriginOpenerPolicy = named("cross-origin-opener-policy")
    static let frameOptions = named("x-frame-options")
    static let permissionsPolicy = named("permissions-policy")
    static let referrerPolicy = named("referrer-policy")
    static let requestID = named("x-request-id")
    static let secFetchSite = named("sec-fetch-site")
    static let apiKey = named("x-api-key")

    /// The names above are valid tokens, so the fallback is never used.
    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .trailer }
}
