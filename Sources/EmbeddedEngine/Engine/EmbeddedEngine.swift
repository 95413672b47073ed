import Catalog
import Foundation
package import FileSystem
package import Indexes
package import SosiaCore
import Synchronization
import Workers

/// The engine that needs no server: a catalog, a file of vectors and their indexes in one folder.
///
/// Any number of processes may read a collection while one writes; each notices by itself what was committed. All that
/// reads or writes files runs on threads of the engine's own.
package final class EmbeddedEngine: CollectionEngine {
    /// How a collection is opened, besides what for.
    package struct Options: Sendable {
        /// Threads that share one search.
        package static let minimumThreads = FlatSearchOptions.minimumThreads
        package static var defaultThreads: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
        package static let maximumThreads = FlatSearchOptions.maximumThreads

        package var threads = Options.defaultThreads
        /// How much of the process may stay resident while searching and indexing; nil leaves it to the system.
        package var memory: MemoryBudget?
        /// The kinds of index that are built and opened, by preference.
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
    /// Searches, and what else somebody waits for, compute and read here, one a core.
    let searches: CPUExecutor
    private let current = Mutex<Snapshot?>(nil)

    /// Opens a collection.
    /// - Parameters:
    ///   - path: the collection's folder.
    ///   - machine: the home of a collection that was made before locations had machines.
    /// - Throws: `StoreError`
    package static func open(
        path: String, access: CollectionAccess, machine: MachineName, options: Options = Options()
    ) async throws -> EmbeddedEngine {
        try await CPUExecutor(label: "sosia.opening").run {
            let files = CollectionFiles(path)
            guard files.exist else { throw StoreError.missing(path: files.root) }
            let writer =
                access == .read
                ? nil : try CollectionWriter(opening: files, machine: machine, isRepairing: access == .repair)
            return try EmbeddedEngine(files, writer: writer, machine: machine, options: options)
        }
    }

    /// Makes a collection where there is none, and opens it for writing.
    /// - Throws: `StoreError`; `EngineError.modelMismatch` when there is one that holds the vectors of another model.
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
        guard let state = try catalog.state() else {
            throw StoreError.damaged(path: files.catalog, reason: "it does not describe a collection")
        }
        (model, identity) = (state.model, state.identity)
        abilities = EngineAbilities(
            engine: "embedded", isExactProven: true, writers: .one, visibility: .atOnce,
            maximumDimension: VectorFileHeader.maximumDimension, maximumAttributeBytes: Catalog.maximumAttributeBytes,
            metrics: [.l2, .cosine, .innerProduct],
            isRecallCalibrated: options.indexes.contains { !$0.isExact }, keepsVectorBits: true,
            upkeep: Set(EngineAbilities.Upkeep.allCases))
    }

    /// Runs what waits for the disk on a thread of the engine's own.
    func reading<Value: Sendable>(_ body: @Sendable (Catalog) throws -> Value) async throws -> Value {
        try await searches.run { try body(self.catalog) }
    }

    /// The newest snapshot; made anew when another commit was seen. Waits for the disk.
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

    /// Runs `body` again as long as commits come between: a compaction after the catalog was read and before the file was
    /// opened moves every row.
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
