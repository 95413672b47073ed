/// A ledger whose vectors lie in a ``VectorService``: it knows which row of the service is whose.
///
/// Changes come in two steps, because rows have to be in the service before the ledger names them: ``plan(_:)`` says what
/// would be written, ``commit(_:)`` names it, unless the ledger has changed meanwhile; then it is planned again.
public protocol VectorLedger: PictureRecords, TileRecords {
    /// What was decided when the collection was made.
    var description: CollectionDescription { get }

    /// What a change would write and take away. Nothing is changed, but the keys of the plan are never given again.
    /// - Throws: what the change would throw.
    func plan(_ change: LedgerChange) async throws -> LedgerPlan

    /// Makes a planned change.
    /// - Returns: false when the ledger has changed since the plan was made; nothing was done then.
    func commit(_ plan: LedgerPlan) async throws -> Bool

    /// The pictures that some rows stand for; rows that the ledger does not name are left out.
    func pictures(named keys: [VectorKey]) async throws -> [VectorKey: ImageRecord]

    /// The rows of some pictures; pictures that do not exist are left out.
    func keys(of ids: [ImageID]) async throws -> [ImageID: VectorKey]

    /// The rows of the pictures that pass a filter.
    /// - Parameter limit: at most so many.
    /// - Returns: nil when there are more.
    func keys(passing filter: Filter, limit: Int) async throws -> [VectorKey]?

    /// All rows that the ledger names in the order of their pictures' ids, a page at a time.
    /// - Parameter id: the last of the page before; nil for the first page.
    func keys(after id: ImageID?, limit: Int) async throws -> [(id: ImageID, key: VectorKey)]

    func count() async throws -> Int
}

/// One change of a ledger.
public enum LedgerChange: Sendable {
    case commit(IngestUnit)
    case update(ImageID, attributes: Attributes)
    case remove([ImageID])
    case forget([SourceLocation])
    /// Pictures whose rows cannot be read wait for their sources to be added again.
    case lose([ImageID])
    case begin(ContainerFile)
    case move(container: Int64, path: String, machine: MachineName)
    case finish(container: Int64, isComplete: Bool, forgetting: [PixelWindow])
    case forgetContainers([Int64])
}

/// What a change comes to.
public enum LedgerResult: Sendable, Hashable {
    case outcomes([IngestOutcome])
    case record(ImageRecord)
    /// Pictures that went.
    case count(Int)
    /// The number of a container.
    case container(Int64)
    case done
}

/// A change, and what has to be in the service before it is made.
public struct LedgerPlan: Sendable {
    public let change: LedgerChange
    /// Which state of the ledger it was made for.
    public let revision: Int64
    public let rows: [PlannedRow]
    /// Rows that nobody names any more once the change is made.
    public let superseded: [VectorKey]
    public let result: LedgerResult

    public init(
        change: LedgerChange, revision: Int64, rows: [PlannedRow], superseded: [VectorKey], result: LedgerResult
    ) {
        self.change = change
        self.revision = revision
        self.rows = rows
        self.superseded = superseded
        self.result = result
    }
}

/// A row that a change needs.
public struct PlannedRow: Sendable, Hashable {
    /// Where its vector comes from.
    public enum Vector: Sendable, Hashable {
        case given(Embedding)
        /// That of a row which the ledger names until the change is made.
        case copied(from: VectorKey)
    }

    public let key: VectorKey
    public let picture: LedgerPicture
    public let vector: Vector

    public init(key: VectorKey, picture: LedgerPicture, vector: Vector) {
        self.key = key
        self.picture = picture
        self.vector = vector
    }
}

/// All that a ledger knows of one picture.
public struct LedgerPicture: Sendable, Hashable {
    public let id: ImageID
    public var hash: ContentHash
    /// With the stamps that they had when they were read; in the order of their texts.
    public var sources: [ImageSource]
    public var facts: PictureFacts
    public var attributes: Attributes
    public var tile: Tile?

    public init(
        id: ImageID, hash: ContentHash, sources: [ImageSource], facts: PictureFacts, attributes: Attributes,
        tile: Tile? = nil
    ) {
        self.id = id
        self.hash = hash
        self.sources = sources
        self.facts = facts
        self.attributes = attributes
        self.tile = tile
    }

    public var record: ImageRecord {
        ImageRecord(id: id, sources: sources.map(\.location), facts: facts, attributes: attributes, tile: tile)
    }
}
