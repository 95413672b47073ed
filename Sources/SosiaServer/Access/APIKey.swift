import Crypto
import Foundation

/// A client's secret: `sosia_` and 32 random bytes in base64url (RFC 4648, section 5).
///
/// Only its SHA-256 is kept. A slow, salted hash, as passwords need, would gain nothing: nobody can try 2^256 keys.
public struct APIKey: Sendable {
    static let prefix = "sosia_"
    static let randomBytes = 32

    /// Shown once, when the key is made.
    public let text: String

    /// A new key from the system's cryptographically secure random numbers.
    public init() {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<Self.randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        text = Self.prefix + Data(random).base64URL
    }

    /// A key as a client sent it; any text is accepted here and checked against the ring later.
    public init(text: String) {
        self.text = text
    }

    var digest: SHA256.Digest { SHA256.hash(data: Data(text.utf8)) }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().filter { $0 != "=" }.replacing("+", with: "-").replacing("/", with: "_")
    }
}

extension APIKey {
    /// The key in a request's headers: `Authorization: Bearer KEY` (RFC 6750) or `x-api-key: KEY`.
    /// - Parameters:
    ///   - authorization: the value of `Authorization`; nil if absent.
    ///   - xAPIKey: the value of `x-api-key`; nil if absent.
    /// - Throws: ``AccessError/missingKey``; ``AccessError/malformedHeader`` if `Authorization` has another form;
    ///   ``AccessError/twoKeys`` if both headers are present and differ.
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

/// What a key allows.
public enum KeyScope: String, Codable, Hashable, Sendable, CaseIterable {
    /// Searching and viewing.
    case read
    /// Adding, changing and removing.
    case write
    /// Seeing where on the server the files of pictures lie.
    case paths
}
