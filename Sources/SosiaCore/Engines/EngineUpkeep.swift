/// Reports the progress of a long operation. Called often, from one thread at a time.
public typealias WorkProgress = @Sendable (_ done: Int, _ total: Int) -> Void

/// Reads from the bytes that a picture was added with what they say of it; nil if they are nowhere at hand.
public typealias FactsReading = @Sendable (PictureOrigin) async -> PictureFacts?

/// Keeps a collection fast and intact.
///
/// Everything here can take long, reports its progress, and throws `CancellationError` soon after its task is cancelled,
/// leaving the collection intact. What an engine cannot do, its ``EngineAbilities`` say, and it refuses with
/// `EngineError.unsupported`.
public protocol EngineUpkeep: Sendable {
    /// Loads what searches need, so that the first one does not have to wait.
    /// - Throws: what ``checkPresence()`` throws.
    func prepare() async throws

    /// Looks, quickly, whether what was opened is still there. Files that were deleted can be read on by who has them
    /// open, but nobody else will ever see what is written to them.
    /// - Throws: `StoreError.gone`
    func checkPresence() async throws

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
    ///
    /// Every flipped bit is found, unless it changes no answer: that of a record, a location, an attribute, a vector.
    func verify(progress: @escaping WorkProgress) async throws -> EngineVerification

    /// Mends damaged records, and removes pictures whose vectors are unreadable or differ from what was written.
    ///
    /// Searches no longer find removed pictures, but their ids and attributes are kept: adding one of their sources again
    /// brings them back. Of a damaged record the facts are read from the picture's bytes again; whether all of it is then
    /// what was written, its checksum tells.
    /// - Parameter facts: asked for each picture whose record is damaged.
    func repair(reading facts: @escaping FactsReading, progress: @escaping WorkProgress) async throws -> RepairReport

    /// Reclaims the space of removed pictures.
    func compact(progress: @escaping WorkProgress) async throws -> CompactionReport
}

extension EngineUpkeep {
    /// A repair without pictures at hand.
    public func repair(progress: @escaping WorkProgress) async throws -> RepairReport {
        try await repair(reading: { _ in nil }, progress: progress)
    }
}

/// The contents of a collection and the space it takes.
public struct EngineStatus: Sendable, Hashable {
    public let pictures: Int
    /// Rows that compaction would reclaim.
    public let vacant: Int
    /// Pictures that ``EngineUpkeep/repair(reading:progress:)`` removed and whose sources have not been added again.
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
        /// In the record of one picture.
        case record(of: ImageID)
        /// In the vector of one picture.
        case vector(of: ImageID, row: Int)
    }

    /// Something to know, with which nothing is wrong.
    public enum Note: Sendable, Hashable {
        /// The collection was written by a release that gave records no checksums; the next writer gives them theirs.
        case recordsUnprotected
    }

    public let pictures: Int
    /// Rows that compaction would reclaim.
    public let vacant: Int
    public let problems: [Problem]
    public let notes: [Note]

    public init(pictures: Int, vacant: Int, problems: [Problem], notes: [Note] = []) {
        self.pictures = pictures
        self.vacant = vacant
        self.problems = problems
        self.notes = notes
    }
}

/// What a repair did.
public struct RepairReport: Sendable, Hashable {
    /// Pictures whose vectors are intact.
    public let pictures: Int
    /// Pictures that this or an earlier repair removed and that still wait for their sources.
    public let lost: [PictureOrigin]
    /// The records that were damaged, by id.
    public let records: [RecordRepair]

    public init(pictures: Int, lost: [PictureOrigin], records: [RecordRepair] = []) {
        self.pictures = pictures
        self.lost = lost
        self.records = records
    }
}

/// What became of a damaged record.
public struct RecordRepair: Sendable, Hashable {
    /// How far it was mended.
    public enum Outcome: Sendable, Hashable {
        /// It is what was written, as its checksum proves.
        case mended
        /// Its facts are those of the picture's bytes; attributes and locations are as they were found.
        case factsRead
        /// All of it is as it was found, and may not be what was written.
        case unproven
    }

    public let id: ImageID
    public let outcome: Outcome

    public init(id: ImageID, outcome: Outcome) {
        self.id = id
        self.outcome = outcome
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
