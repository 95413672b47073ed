import Catalog
public import Foundation
public import FileSystem
public import Indexes
public import SosiaCore
import Synchronization
import Workers

/// The engine that needs no server: a catalog, a file of vectors and their indexes in one folder.
///
/// Any number of processes may read a collection while one writes; each notices by itself what was committed.
public final class EmbeddedEngine: SearchEngine {
    /// What the engine may do.
    public enum Access: Sendable {
        case read
        /// The collection must exist.
        case write
        /// The collection is made when there is none.
        case create(ModelIdentity)
    }

    public let model: ModelIdentity
    let layout: StoreLayout
    let catalog: Catalog
    let writer: CollectionWriter?
    let threads: Int
    let memory: MemoryBudget?
    let indexes: OpenIndexes
    let passing = PassingRowsCache()
    let groups = DuplicatesCache()
    /// Searches, and what else somebody waits for, compute here, one a core.
    let searches: CPUExecutor
    private let current = Mutex<Snapshot?>(nil)

    /// - Parameters:
    ///   - path: the collection's folder.
    ///   - threads: how many threads share one search.
    ///   - memory: how much of the process may stay resident while searching and indexing; nil leaves it to the system.
    ///   - indexes: the kinds that are built and opened, by preference.
    /// - Throws: ``StoreError``; `EngineError.modelMismatch` when `.create` names another model than an existing
    ///   collection's.
    public init(
        path: String, access: Access = .read,
        threads: Int = max(1, ProcessInfo.processInfo.activeProcessorCount), memory: MemoryBudget? = nil,
        indexes: [IndexKind] = .standard
    ) throws {
        self.memory = memory
        let layout = StoreLayout(root: AbsolutePath.of(path))
        self.layout = layout
        self.indexes = OpenIndexes(IndexFolder(path: layout.indexes), kinds: indexes)
        let threads = min(max(threads, FlatSearchOptions.minimumThreads), FlatSearchOptions.maximumThreads)
        self.threads = threads
        searches = CPUExecutor(label: "sosia.search", width: threads)
        switch access {
        case .read: writer = nil
        case .write: writer = try CollectionWriter(layout, creating: nil)
        case .create(let model): writer = try CollectionWriter(layout, creating: model)
        }
        if writer == nil, !FileManager.default.fileExists(atPath: layout.catalog) {
            throw StoreError.missing(path: layout.root)
        }
        do {
            catalog = try Catalog(path: layout.catalog, access: .read)
            guard let state = try catalog.state() else {
                throw StoreError.damaged(path: layout.catalog, reason: "it does not describe a collection")
            }
            model = state.model
        } catch let error as CatalogError {
            throw StoreError(error)
        }
        if case .create(let wanted) = access, wanted != model {
            throw EngineError.modelMismatch(got: wanted, expected: model)
        }
    }

    /// - Throws: ``StoreError``
    public func records(_ ids: [ImageID]) async throws -> [ImageRecord] {
        try reading { try catalog.records(ids) }
    }

    /// - Throws: ``StoreError``
    public func count() async throws -> Int {
        try reading { try catalog.count() }
    }

    /// The newest snapshot; made anew when another commit was seen.
    func snapshot() throws -> Snapshot {
        try reading {
            let known = current.withLock { $0 }
            let revision = try catalog.revision()
            if let known, known.state.revision == revision { return known }
            let fresh = try settled { try Snapshot(catalog, layout: layout, following: known) }
            current.withLock { current in
                if fresh.state.revision > current?.state.revision ?? -1 { current = fresh }
            }
            return fresh
        }
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

    func reading<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as CatalogError {
            throw StoreError(error)
        }
    }
}
