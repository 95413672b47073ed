import Crypto
public import Foundation

/// The keys that a server knows: a value, so keys cannot change in the middle of a request.
public struct KeyRing: Hashable, Sendable {
    public static let maximumNameLength = 64
    public static let maximumKeys = 10_000

    /// Oldest first.
    public private(set) var records: [KeyRecord]

    public init() {
        records = []
    }

    init(records: [KeyRecord]) throws(KeyFileError) {
        self.init()
        for record in records { try append(record) }
    }

    public var isEmpty: Bool { records.isEmpty }

    /// Makes a key.
    /// - Returns: the key itself, which cannot be recovered later.
    /// - Throws: ``KeyFileError`` if the name is taken or unusable, if there are no scopes, or too many keys.
    public mutating func add(
        name: String, scopes: Set<KeyScope>, created: Date = Date()
    ) throws(KeyFileError) -> APIKey {
        let key = APIKey()
        // The file holds whole seconds.
        let date = Date(timeIntervalSince1970: created.timeIntervalSince1970.rounded(.down))
        try append(KeyRecord(name: name, scopes: scopes, created: date, key: key))
        return key
    }

    /// - Throws: ``KeyFileError/unknownName(_:)``.
    public mutating func remove(name: String) throws(KeyFileError) {
        guard let position = records.firstIndex(where: { $0.name == name }) else { throw .unknownName(name) }
        records.remove(at: position)
    }

    /// The record of a key that has the scope.
    ///
    /// Takes the same time for every key, known or not: all digests are compared, each in constant time.
    /// - Throws: ``AccessError/unknownKey``, ``AccessError/missingScope(_:)``.
    public func record(for key: APIKey, allowing scope: KeyScope) throws(AccessError) -> KeyRecord {
        let digest = key.digest
        var found: KeyRecord?
        // Comparing a digest with data is constant in time (swift-crypto's `safeCompare`).
        for record in records where digest == record.digest { found = record }
        guard let found else { throw .unknownKey }
        guard found.scopes.contains(scope) else { throw .missingScope(scope) }
        return found
    }

    private mutating func append(_ record: KeyRecord) throws(KeyFileError) {
        guard record.name.isUsable else { throw .unusableName(record.name) }
        guard !record.scopes.isEmpty else { throw .noScopes(record.name) }
        guard !records.contains(where: { $0.name == record.name }) else { throw .nameTaken(record.name) }
        guard records.count < Self.maximumKeys else { throw .tooMany(maximum: Self.maximumKeys) }
        records.append(record)
    }
}

extension String {
    /// Letters, digits, `.`, `_`, `-` and inner spaces: names that read well in a log line or a list.
    fileprivate var isUsable: Bool {
        (1...KeyRing.maximumNameLength).contains(count) && first != " " && last != " "
            && unicodeScalars.allSatisfy {
                CharacterSet.alphanumerics.contains($0) || "._- ".unicodeScalars.contains($0)
            }
    }
}

/// What is stored about a key; not the key itself.
public struct KeyRecord: Hashable, Sendable {
    /// Chosen by a person, unique within a file.
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
