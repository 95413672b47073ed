/// Reports the progress of a long operation. Called often, from one thread at a time.
public typealias WorkProgress = @Sendable (_ done: Int, _ total: Int) -> Void

/// Keeps a collection fast and intact.
///
/// Everything here can take long, reports its progress, and throws `CancellationError` soon after its task is cancelled,
/// leaving the collection intact. What an engine cannot do, its ``EngineAbilities`` say, and it refuses with
/// `EngineError.unsupported`.
public protocol EngineUpkeep: Sendable {
    /// Loads what searches need, so that the first one does not have to wait.
    func prepare() async throws

    /// The contents of the collection and the space it takes.
    func status() async throws -> EngineStatus

    /// Builds the indexes that are worthwhile or requested; returns immediately if none is missing. An engine without
    /// indexes accepts only `.whatPays`, for which it does nothing.
    func prepareIndexes(_ demand: IndexDemand, progress: @escaping WorkProgress) async throws

    /// Finds connected groups of near-duplicates: pictures within a distance of each other, directly or through others.
    /// - Parameters:
    ///   - distance: by the collection's metric.
    ///   - limit: groups per page, `DuplicatesResponse.minimumGroups ... .maximumGroups`.
    ///   - after: `DuplicatesResponse.next` of the previous page.
    /// - Throws: `EngineError.invalidDistance`, `.invalidLimit`.
    func duplicates(
        within distance: Float, limit: Int, after: ImageID?, progress: @escaping WorkProgress
    ) async throws -> DuplicatesResponse

    /// Reads everything that is not a cache and compares it with its checksums. Changes nothing.
    func verify(progress: @escaping WorkProgress) async throws -> EngineVerification

    /// Removes pictures whose vectors are unreadable or differ from what was written. Searches no longer find them, but
    /// their ids and attributes are kept: adding one of their sources again brings them back.
    func repair(progress: @escaping WorkProgress) async throws -> RepairReport

    /// Reclaims the space of removed pictures.
    func compact(progress: @escaping WorkProgress) async throws -> CompactionReport
}

/// The contents of a collection and the space it takes.
public struct EngineStatus: Sendable, Hashable {
    public let pictures: Int
    /// Rows that compaction would reclaim.
    public let vacant: Int
    /// Pictures that ``EngineUpkeep/repair(progress:)`` removed and whose sources have not been added again.
    public let lost: Int
    /// The generation of the vectors and their indexes; compaction and repair start a new one. 0 for an engine without
    /// generations.
    public let generation: Int64
    public let ledgerBytes: Int64
    public let vectorBytes: Int64
    /// The indexes that searches use; empty means the plain scan.
    public let indexes: [IndexStatus]

    public init(
        pictures: Int, vacant: Int, lost: Int, generation: Int64, ledgerBytes: Int64, vectorBytes: Int64,
        indexes: [IndexStatus]
    ) {
        self.pictures = pictures
        self.vacant = vacant
        self.lost = lost
        self.generation = generation
        self.ledgerBytes = ledgerBytes
        self.vectorBytes = vectorBytes
        self.indexes = indexes
    }
}

/// What a verification found.
public struct EngineVerification: Sendable, Hashable {
    /// A difference from what was committed.
    public enum Problem: Sendable, Hashable {
        /// In the ledger, or between its parts.
        case ledger(String)
        /// In the vectors as a whole.
        case vectors(String)
        /// In the vector of one picture.
        case vector(of: ImageID, row: Int)
    }

    public let pictures: Int
    /// Rows that compaction would reclaim.
    public let vacant: Int
    public let problems: [Problem]

    public init(pictures: Int, vacant: Int, problems: [Problem]) {
        self.pictures = pictures
        self.vacant = vacant
        self.problems = problems
    }
}

/// What a repair did.
public struct RepairReport: Sendable, Hashable {
    /// Pictures whose vectors are intact.
    public let pictures: Int
    /// Pictures that this or an earlier repair removed and that still wait for their sources.
    public let lost: [PictureOrigin]

    public init(pictures: Int, lost: [PictureOrigin]) {
        self.pictures = pictures
        self.lost = lost
    }
}

/// What a compaction reclaimed.
public struct CompactionReport: Sendable, Hashable {
    public let pictures: Int
    /// Size before and after, caches not included.
    public let bytesBefore: Int64
    public let bytesAfter: Int64
    /// Why the ledger could not be shrunk, although the compaction succeeded; nil when it was.
    public let ledgerError: StoreError?

    public init(pictures: Int, bytesBefore: Int64, bytesAfter: Int64, ledgerError: StoreError? = nil) {
        self.pictures = pictures
        self.bytesBefore = bytesBefore
        self.bytesAfter = bytesAfter
        self.ledgerError = ledgerError
    }
}
