/// A ledger whose vectors are in a ``VectorService``: it knows which row of the service belongs to which picture.
///
/// Changes come in two steps, because rows have to be in the service before the ledger names them: ``plan(_:)`` says what
/// would be written, ``commit(_:)`` names it, unless the ledger has changed meanwhile; then it is planned again.
public protocol VectorLedger: PictureRecords, TileRecords {
    /// What was fixed when the collection was created.
    var description: CollectionDescription { get }

    /// Counts the changes: the state that a plan made now would be made for.
    func revision() async throws -> Int64

    /// What a change would write and take away. Nothing is changed, but the keys of the plan and the ids of its new
    /// pictures are never given again.
    /// - Throws: what the change would throw.
    func plan(_ change: LedgerChange) async throws -> LedgerPlan

    /// Makes a planned change.
    /// - Returns: false if the ledger has changed since the plan was made; nothing was done.
    func commit(_ plan: LedgerPlan) async throws -> Bool

    /// Ends all plans that are not committed, on whatever machine they were made: their commits return false, and they
    /// are made again. So a row below the fence that the ledger does not name now is named by no later commit either.
    /// - Returns: a key above all that were planned.
    func fence() async throws -> VectorKey

    /// The pictures that rows belong to; rows that the ledger does not name are left out.
    func pictures(named keys: [VectorKey]) async throws -> [VectorKey: ImageRecord]

    /// The rows of pictures; pictures that do not exist are left out.
    func keys(of ids: [ImageID]) async throws -> [ImageID: VectorKey]

    /// The rows of the pictures that pass a filter.
    /// - Parameter limit: the largest number of rows to return.
    /// - Returns: nil if there are more.
    func keys(passing filter: Filter, limit: Int) async throws -> [VectorKey]?

    /// All rows that the ledger names, ordered by picture id.
    /// - Parameter id: the last one of the previous page; nil for the first page.
    func keys(after id: ImageID?, limit: Int) async throws -> [(id: ImageID, key: VectorKey)]

    func count() async throws -> Int

    func status() async throws -> LedgerStatus

    /// - Returns: what is wrong with the ledger itself and between its parts, in words; nothing of the service's rows.
    func verify() async throws -> [String]

    /// Reclaims the ledger's own vacant space.
    func compact() async throws
}

/// The contents of a ledger and the space it takes.
public struct LedgerStatus: Sendable, Hashable {
    public let pictures: Int
    public let lost: Int
    public let bytes: Int64

    public init(pictures: Int, lost: Int, bytes: Int64) {
        self.pictures = pictures
        self.lost = lost
        self.bytes = bytes
    }
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
    /// Pictures with given ids whose rows lie in the service already, in the order of their keys. A later row wins: over
    /// an earlier one of its picture, over one with the same bytes where these are one picture, and over the sources of
    /// others; pictures without any source go. Files that tiles were cut from are named as incomplete, to be added again.
    /// No key up to `last` is given any more.
    case restore([(key: VectorKey, picture: LedgerPicture)], last: VectorKey)
    /// Other ``PictureRecords/settings``.
    case remember(Attributes)
}

/// What a change comes to.
public enum LedgerResult: Sendable, Hashable {
    case outcomes([IngestOutcome])
    case record(ImageRecord)
    /// Pictures that were removed.
    case count(Int)
    /// The number of a container.
    case container(Int64)
    case done
}

/// A change, and the rows that must be in the service before it is made.
public struct LedgerPlan: Sendable {
    public let change: LedgerChange
    /// Which state of the ledger it was made for.
    public let revision: Int64
    /// The first of the keys and ids that were set aside for the change: made in the same state with these, it comes to
    /// the same rows, wherever it is committed.
    public let firstKey: VectorKey
    public let firstID: ImageID
    public let rows: [PlannedRow]
    /// Rows that the ledger no longer names once the change is made.
    public let superseded: [VectorKey]
    public let result: LedgerResult

    public init(
        change: LedgerChange, revision: Int64, firstKey: VectorKey, firstID: ImageID, rows: [PlannedRow],
        superseded: [VectorKey], result: LedgerResult
    ) {
        self.change = change
        self.revision = revision
        self.firstKey = firstKey
        self.firstID = firstID
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
    /// With the stamps recorded when they were read; ordered by text.
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
