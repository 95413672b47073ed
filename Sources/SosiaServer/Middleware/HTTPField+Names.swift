import HTTPTypes

/// Header names that swift-http-types does not have.
extension HTTPField.Name {
    static let crossOriginOpenerPolicy = named("cross-origin-opener-policy")
    static let frameOptions = named("x-frame-options")
    static let permissionsPolicy = named("permissions-policy")
    static let referrerPolicy = named("referrer-policy")
    static let requestID = named("x-request-id")
    static let secFetchSite = named("sec-fetch-site")
    static let apiKey = named("x-api-key")

    /// The names above are tokens, so the alternative is never taken.
    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .trailer }
}
