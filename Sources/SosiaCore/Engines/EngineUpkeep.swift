/// How far a long piece of work has come: what is done of how much. Called often, from one thread at a time.
public typealias WorkProgress = @Sendable (_ done: Int, _ total: Int) -> Void

/// What keeps a collection quick and whole.
///
/// Everything here can take long, tells how far it has come, and ends with `CancellationError` soon after its task is
/// cancelled, the collection as whole as before. What an engine cannot do it refuses by `EngineError.unsupported`, and
/// says so in its ``EngineAbilities``.
public protocol EngineUpkeep: Sendable {
    /// Loads what a search needs, so that the first one does not wait for it.
    func prepare() async throws

    /// What the collection holds and costs.
    func status() async throws -> EngineStatus

    /// Builds the indexes that make searches quick, where that pays; returns at once when nothing is wanting. An engine
    /// without indexes has nothing that pays, and refuses every other demand.
    func prepareIndexes(_ demand: IndexDemand, progress: @escaping WorkProgress) async throws

    /// Connected groups of near-duplicates: pictures within a distance of one another, directly or by others between.
    /// - Parameters:
    ///   - distance: by the collection's metric.
    ///   - limit: groups of a page, within `DuplicatesResponse.minimumGroups ... .maximumGroups`.
    ///   - after: `DuplicatesResponse.next` of the page before.
    /// - Throws: `EngineError.invalidDistance`, `.invalidLimit`.
    func duplicates(
        within distance: Float, limit: Int, after: ImageID?, progress: @escaping WorkProgress
    ) async throws -> DuplicatesResponse

    /// Reads the whole truth and holds it against its checksums. Changes nothing.
    func verify(progress: @escaping WorkProgress) async throws -> EngineVerification

    /// Takes out the pictures whose vectors cannot be read or are not what was written. They are found no more, but keep
    /// ids and attributes: adding one of their sources brings them back.
    func repair(progress: @escaping WorkProgress) async throws -> RepairReport

    /// Gives the space of removed pictures back.
    func compact(progress: @escaping WorkProgress) async throws -> CompactionReport
}

/// What a collection holds and costs.
public struct EngineStatus: Sendable, Hashable {
    public let pictures: Int
    /// Rows that compaction would give back.
    public let vacant: Int
    /// Pictures that ``EngineUpkeep/repair(progress:)`` took out, and whose sources were not added again.
    public let lost: Int
    /// Of the vectors and their indexes: compaction and repair make a new one. 0 where an engine has no generations.
    public let generation: Int64
    /// Of what exists.
    public let ledgerBytes: Int64
    public let vectorBytes: Int64
    /// The indexes that searches use; none means the plain scan.
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
    /// Something in the truth that is not as it was committed.
    public enum Problem: Sendable, Hashable {
        /// The ledger, and what must hold between its parts.
        case ledger(String)
        /// The vectors as a whole.
        case vectors(String)
        /// The vector of one picture is not what was written.
        case vector(of: ImageID, row: Int)
    }

    public let pictures: Int
    /// Rows that compaction would give back.
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
    /// Pictures whose vectors are as they were written.
    public let pictures: Int
    /// Pictures that were taken out now or before, and wait for their sources.
    public let lost: [PictureOrigin]

    public init(pictures: Int, lost: [PictureOrigin]) {
        self.pictures = pictures
        self.lost = lost
    }
}

/// What a compaction gave back.
public struct CompactionReport: Sendable, Hashable {
    public let pictures: Int
    /// Bytes of the whole truth before and after.
    public let bytesBefore: Int64
    public let bytesAfter: Int64
    /// Why the ledger kept its size; nil when it did not. The compaction itself is done.
    public let ledgerError: StoreError?

    public init(pictures: Int, bytesBefore: Int64, bytesAfter: Int64, ledgerError: StoreError? = nil) {
        self.pictures = pictures
        self.bytesBefore = bytesBefore
        self.bytesAfter = bytesAfter
        self.ledgerError = ledgerError
    }
}
