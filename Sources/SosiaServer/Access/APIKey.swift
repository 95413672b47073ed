internal import Crypto
internal import Foundation

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
