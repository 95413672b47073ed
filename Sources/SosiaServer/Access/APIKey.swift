import Crypto
import Foundation

/// A secret that lets a client in: `sosia_` and 32 random bytes in base64url (RFC 4648, section 5).
///
/// Nothing but its SHA-256 is kept. A slow hash with a salt, as passwords need it, would gain nothing: nobody can go
/// through 2^256 keys.
public struct APIKey: Sendable {
    static let prefix = "sosia_"
    static let randomBytes = 32

    /// Shown to a person once, when the key is made.
    public let text: String

    /// A new key from the system's random numbers, which are fit for secrets.
    public init() {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<Self.randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        text = Self.prefix + Data(random).base64URL
    }

    /// A key as a client sent it; any text is one, though not every one opens something.
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

/// What a key allows.
public enum KeyScope: String, Codable, Hashable, Sendable, CaseIterable {
    /// Searching and looking.
    case read
    /// Adding, changing and removing.
    case write
}
