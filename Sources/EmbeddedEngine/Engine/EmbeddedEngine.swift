import Catalog
import Foundation
package import FileSystem
package import Indexes
package import SosiaCore
import Synchronization
import Workers

/// The engine that needs no server: a catalog, a file of vectors and their indexes in one folder.
///
/// Any number of processes can read a collection while one writes; each notices the others' commits. Everything that
/// reads or writes files runs on the engine's own threads.
package final class EmbeddedEngine: CollectionEngine {
    /// How a collection is opened.
    package struct Options: Sendable {
        /// Threads per search.
        package static let minimumThreads = FlatSearchOptions.minimumThreads
        package static var defaultThreads: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
        package static let maximumThreads = FlatSearchOptions.maximumThreads

        package var threads = Options.defaultThreads
        /// The limit on resident memory while searching and indexing; nil for none.
        package var memory: MemoryBudget?
        /// The kinds of index to build and open, in order of preference.
        package var indexes = [IndexKind].standard

        package init() {}
    }

    package let model: ModelIdentity
    package let identity: PictureIdentity
    package let abilities: EngineAbilities
    let files: CollectionFiles
    let catalog: Catalog
    let writer: CollectionWriter?
    let threads: Int
    let memory: MemoryBudget?
    let indexes: OpenIndexes
    let passing = PassingRowsCache()
    let groups = DuplicatesCache()
    /// Runs searches and other foreground work, one job per core.
    let searches: CPUExecutor
    private let current = Mutex<Snapshot?>(nil)
    /// Of the catalog when it was opened. It stays open, so no other file gets its number meanwhile.
    private let opened: FileStatus.Identity?

    /// Opens a collection.
    /// - Parameters:
    ///   - path: the collection's folder.
    ///   - machine: the home of a collection created before locations had machines.
    /// - Throws: `StoreError`
    package static func open(
        path: String, access: CollectionAccess, machine: MachineName, options: Options = Options()
    ) async throws -> EmbeddedEngine {
        try await CPUExecutor(label: "sosia.opening").run {
            let files = CollectionFiles(path)
            guard files.exist else { throw StoreError.missing(path: files.root) }
            try files.checkCatalog()
            let writer =
                access == .read
                ? nil : try CollectionWriter(opening: files, machine: machine, isRepairing: access == .repair)
            return try EmbeddedEngine(files, writer: writer, machine: machine, options: options)
        }
    }

    /// Creates a collection unless it exists, and opens it for writing.
    /// - Throws: `StoreError`; `EngineError.modelMismatch` if it exists with another model's vectors.
    package static func create(
        path: String, _ description: CollectionDescription, options: Options = Options()
    ) async throws -> EmbeddedEngine {
        try await CPUExecutor(label: "sosia.opening").run {
            let files = CollectionFiles(path)
            let writer = try CollectionWriter(creating: files, description)
            let engine = try EmbeddedEngine(files, writer: writer, machine: description.machine, options: options)
            guard engine.model == description.model else {
                throw EngineError.modelMismatch(got: description.model, expected: engine.model)
            }
            return engine
        }
    }

    private init(
        _ files: CollectionFiles, writer: CollectionWriter?, machine: MachineName, options: Options
    ) throws {
        self.files = files
        self.writer = writer
        memory = options.memory
        indexes = OpenIndexes(IndexFolder(path: files.indexes), kinds: options.indexes)
        threads = min(max(options.threads, Options.minimumThreads), Options.maximumThreads)
        searches = CPUExecutor(label: "sosia.search", width: threads)
        catalog = try Catalog(path: files.catalog, access: .read, machine: machine)
        opened = try? FileStatus(path: files.catalog).identity
        guard let state = try catalog.state() else {
            throw StoreError.damaged(path: files.catalog, reason: "it does not describe a collection")
        }
        (model, identity) = (state.model, state.identity)
        abilities = Self.abilities(indexes: options.indexes)
    }

    /// What every collection of this kind can do.
    package static func abilities(indexes: [IndexKind] = .standard) -> EngineAbilities {
        EngineAbilities(
            engine: "embedded", isExactProven: true, writers: .one, visibility: .atOnce,
            maximumDimension: VectorFileHeader.maximumDimension, maximumAttributeBytes: Attributes.maximumBytes,
            metrics: [.l2, .cosine, .innerProduct], isRecallCalibrated: indexes.contains { !$0.isExact },
            keepsVectorBits: true, upkeep: Set(EngineAbilities.Upkeep.allCases))
    }

    /// Whether the catalog in the folder is still the one that was opened.
    /// - Throws: `StoreError.gone`
    func checkFolder() throws(StoreError) {
        guard let status = try? FileStatus(path: files.catalog), status.identity == opened else {
            throw .gone(path: files.root)
        }
    }

    /// Reads from the catalog on one of the engine's own threads.
    /// - Parameter isBrief: whether it takes a moment however large the collection is, so that requests need no other
    ///   thread for it.
    func reading<Value: Sendable>(
        isBrief: Bool = false, _ body: @Sendable (Catalog) throws -> Value
    ) async throws -> Value {
        isBrief
            ? try await searches.runBriefly { try body(self.catalog) }
            : try await searches.run { try body(self.catalog) }
    }

    /// The newest snapshot, which is made again after each commit. Waits for the disk.
    func snapshot() throws -> Snapshot {
        let known = current.withLock { $0 }
        let revision = try catalog.revision()
        if let known, known.state.revision == revision { return known }
        let fresh = try settled { try Snapshot(catalog, files: files, following: known) }
        current.withLock { current in
            if fresh.state.revision > current?.state.revision ?? -1 { current = fresh }
        }
        return fresh
    }

    /// Runs `body` again if it fails and there was a commit in the meantime: a compaction between reading the catalog and
    /// opening the vectors moves every row.
    func settled<Value>(_ body: () throws -> Value) throws -> Value {
        while true {
            let revision = try catalog.revision()
            do {
                return try body()
            } catch let error as StoreError {
                guard try catalog.revision() != revision else { throw error }
            }
        }
    }
}
