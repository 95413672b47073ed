import HTTPTypes
import Hummingbird

/// Stops pages of other sites from using a server without keys through the browser of somebody who can reach it: by
/// cross-site requests, reading ones among them, or by a name of their own that resolves to this machine (DNS rebinding).
/// A link may lead to the page from anywhere; nothing else may be loaded from elsewhere, pictures neither.
struct OriginMiddleware: RouterMiddleware {
    /// Whether requests need a key, which a foreign page does not know.
    let needsKey: Bool
    /// Origins whose pages may use the server: `https://example.org`.
    let allowed: Set<String>
    /// Paths of the page's files.
    let page: Set<String>

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let host = try request.host()
        guard needsKey || host?.isLoopback == true else {
            throw Problem(.untrustedOrigin, "without a key the server answers to loopback names only")
        }
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
        guard needsKey || isOwn(origin, host?.text ?? "") && (isSameSite(request) || isVisit(request)) else {
            throw Problem(.untrustedOrigin, "pages of other sites may neither read nor change anything")
        }
        return try await next(request, context)
    }

    /// Browsers tell where a request comes from if it could change something or if its answer could be read.
    private func isOwn(_ origin: String?, _ host: String) -> Bool {
        origin.map { $0 == "http://" + host || $0 == "https://" + host } ?? true
    }

    /// Those of today tell of every request (Fetch Metadata). The same site is not enough: its other ports are others'.
    private func isSameSite(_ request: Request) -> Bool {
        request.headers[.secFetchSite].map { $0 == "same-origin" || $0 == "none" } ?? true
    }

    /// Whether somebody follows a link to the page.
    private func isVisit(_ request: Request) -> Bool {
        (request.method == .get || request.method == .head) && page.contains(request.uri.path)
            && request.headers[.secFetchMode] == "navigate" && request.headers[.secFetchDestination] == "document"
    }

    /// Whether a host, with or without a port, always means this machine.
    static func isLoopback(_ authority: String) -> Bool { RequestHost(authority)?.isLoopback ?? false }
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
    static let host = named("host")
    static let secFetchDestination = named("sec-fetch-dest")
    static let secFetchMode = named("sec-fetch-mode")
    static let secFetchSite = named("sec-fetch-site")
    static let apiKey = named("x-api-key")

    /// The names above are valid tokens, so the fallback is never used.
    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .trailer }
}
