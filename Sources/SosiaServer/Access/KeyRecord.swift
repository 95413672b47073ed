public import Foundation
internal import Crypto

/// What is kept of a key: all but the key.
public struct KeyRecord: Hashable, Sendable {
    /// A person's word for it, unique within a file.
    public let name: String
    public let scopes: Set<KeyScope>
    public let created: Date
    /// SHA-256 of the key's text, 32 bytes.
    let digest: Data

    init(name: String, scopes: Set<KeyScope>, created: Date, key: APIKey) {
        self.name = name
        self.scopes = scopes
        self.created = created
        digest = Data(key.digest)
    }
}

extension KeyRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case name
        case scopes
        case created
        case digest = "sha256"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        scopes = Set(try values.decode([KeyScope].self, forKey: .scopes))
        created = try values.decode(Date.self, forKey: .created)
        digest = try values.decode(Data.self, forKey: .digest)
        guard digest.count == SHA256.byteCount else {
            throw DecodingError.dataCorruptedError(forKey: .digest, in: values, debugDescription: "not a SHA-256")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(scopes.map(\.rawValue).sorted(), forKey: .scopes)
        try values.encode(created, forKey: .created)
        try values.encode(digest, forKey: .digest)
    }
}
