/// A vector database without transactions, which is used only for finding.
///
/// A service may repeat a write, hold rows that no ledger names, and show a write late; `CatalogedEngine` joins it with a
/// ledger and keeps the promises of a ``CollectionEngine`` all the same. A row never changes: what changes a picture
/// writes a new row under a new key, and the ledger's commit decides which of the two is meant.
public protocol VectorService: Sendable {
    /// A filter in the service's own language, everything in it bound.
    associatedtype CompiledFilter: Sendable

    var limits: VectorServiceLimits { get }

    /// Writes rows; writing one again changes nothing. What it throws may have been written in part.
    func upsert(_ rows: [ServiceRow]) async throws

    /// Removes rows. Unknown keys are ignored.
    func delete(_ keys: [VectorKey]) async throws

    /// The nearest of the given rows for each query, nearest first; all of them if there are fewer than k.
    func nearest(
        to queries: [Embedding], k: Int, among rows: ServiceRows<CompiledFilter>
    ) async throws -> [[ServiceHit]]

    /// The rows with the given keys, in any order; unknown keys are ignored.
    func rows(_ keys: [VectorKey]) async throws -> [ServiceRow]

    /// All rows, ordered by key, from which a lost ledger can be rebuilt.
    /// - Parameter key: the last one of the previous page; nil for the first page.
    func rows(after key: VectorKey?, limit: Int) async throws -> [ServiceRow]

    /// Makes all completed writes visible to searches. This can take long, so it is called rarely.
    func refresh() async throws

    /// The contents of the service; recent writes may not be counted yet.
    func status() async throws -> VectorServiceStatus

    /// - Returns: a filter that passes all rows whose records pass, and perhaps others; nil if no such filter would help.
    func compile(_ filter: Filter) -> CompiledFilter?
}

/// The number of a row in a vector service; a ledger never reuses one.
public struct VectorKey: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public static func < (lhs: VectorKey, rhs: VectorKey) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A vector with all that is known of its picture, so that a lost ledger can be rebuilt from the service.
public struct ServiceRow: Sendable, Hashable {
    public let key: VectorKey
    public let embedding: Embedding
    public let picture: LedgerPicture
    /// Of the vector as it was written; kept beside it, so that a flipped bit is found.
    public let checksum: Int64

    public init(key: VectorKey, embedding: Embedding, picture: LedgerPicture) {
        self.init(key: key, embedding: embedding, picture: picture, checksum: Self.checksum(of: embedding))
    }

    /// A row as a service gave it back.
    public init(key: VectorKey, embedding: Embedding, picture: LedgerPicture, checksum: Int64) {
        self.key = key
        self.embedding = embedding
        self.picture = picture
        self.checksum = checksum
    }

    /// Whether the vector is bit by bit the one that was written.
    public var isIntact: Bool { Self.checksum(of: embedding) == checksum }

    /// FNV-1a (Fowler, Noll & Vo), a value at a time: every flipped bit of one value is found.
    private static func checksum(of embedding: Embedding) -> Int64 {
        Int64(
            bitPattern: embedding.values.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { sum, value in
                (sum ^ UInt64(value.bitPattern)) &* 0x0000_0100_0000_01B3
            })
    }
}

/// A row that was found.
public struct ServiceHit: Sendable, Hashable {
    public let key: VectorKey
    /// By the collection's metric; smaller is closer.
    public let distance: Float

    public init(key: VectorKey, distance: Float) {
        self.key = key
        self.distance = distance
    }
}

/// The rows among which to search.
public enum ServiceRows<CompiledFilter: Sendable>: Sendable {
    case all
    case keys([VectorKey])
    case passing(CompiledFilter)
}

/// What a service accepts in one call, and what it promises.
public struct VectorServiceLimits: Sendable, Hashable {
    public let abilities: EngineAbilities
    /// Rows of one call of ``VectorService/upsert(_:)``.
    public let rowsPerCall: Int
    /// Keys of one call of ``VectorService/nearest(to:k:among:)``; a filter that passes more is compiled.
    public let keysPerCall: Int
    /// The largest `k` of ``VectorService/nearest(to:k:among:)``.
    public let hitsPerCall: Int

    public init(abilities: EngineAbilities, rowsPerCall: Int, keysPerCall: Int, hitsPerCall: Int) {
        self.abilities = abilities
        self.rowsPerCall = rowsPerCall
        self.keysPerCall = keysPerCall
        self.hitsPerCall = hitsPerCall
    }
}

/// The contents of a service and the space it takes.
public struct VectorServiceStatus: Sendable, Hashable {
    /// Including those that no ledger names.
    public let rows: Int
    public let bytes: Int64
    public let indexes: [IndexStatus]

    public init(rows: Int, bytes: Int64, indexes: [IndexStatus] = []) {
        self.rows = rows
        self.bytes = bytes
        self.indexes = indexes
    }
}
