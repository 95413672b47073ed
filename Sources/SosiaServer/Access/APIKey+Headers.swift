extension APIKey {
    /// The key in a request's headers: `Authorization: Bearer KEY` (RFC 6750) or `x-api-key: KEY`.
    /// - Parameters: the headers' values; nil for one that is not there.
    /// - Throws: ``AccessError/missingKey``, ``AccessError/malformedHeader`` when `Authorization` is of another form, and
    ///   ``AccessError/twoKeys`` when both headers are there and differ.
    public init(authorization: String?, xAPIKey: String?) throws(AccessError) {
        let bearer = try authorization.map { header throws(AccessError) in try Self.bearer(header) }
        guard let text = bearer ?? xAPIKey, !text.isEmpty else { throw .missingKey }
        if let bearer, let xAPIKey, bearer != xAPIKey { throw .twoKeys }
        self.init(text: text)
    }

    private static func bearer(_ header: String) throws(AccessError) -> String {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .malformedHeader }
        return parts[1].trimmingPrefix { $0 == " " }.description
    }
}
