import Catalog
public import Foundation
import Indexes
public import MemoryMapping
public import SosiaCore
import Synchronization

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
    let shelf: IndexShelf
    private let current = Mutex<Snapshot?>(nil)

    /// - Parameters:
    ///   - path: the collection's folder.
    ///   - threads: how many threads share one search.
    ///   - memory: how much of the process may stay resident while searching and indexing; nil leaves it to the system.
    /// - Throws: ``StoreError``; `EngineError.modelMismatch` when `.create` names another model than an existing
    ///   collection's.
    public init(
        path: String, access: Access = .read,
        threads: Int = max(1, ProcessInfo.processInfo.activeProcessorCount), memory: MemoryBudget? = nil
    ) throws {
        self.memory = memory
        let layout = StoreLayout(root: AbsolutePath.of(path))
        self.layout = layout
        shelf = IndexShelf(IndexFolder(path: layout.indexes))
        self.threads = min(max(threads, FlatSearchOptions.minimumThreads), FlatSearchOptions.maximumThreads)
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

    /// Searches the newest committed state, whoever wrote it.
    /// - Throws: `EngineError`, `VectorError.dimensionMismatch`, ``StoreError``.
    public func search(_ request: SearchRequest) async throws -> SearchResponse {
        let snapshot = try snapshot()
        defer { buildWhenItPays(snapshot) }
        switch request.query {
        case .embedding(let embedding, let queryModel):
            if let queryModel, queryModel != model {
                throw EngineError.modelMismatch(got: queryModel, expected: model)
            }
            guard embedding.dimension == model.dimension else {
                throw VectorError.dimensionMismatch(got: embedding.dimension, expected: model.dimension)
            }
            let (found, plan) = try nearest(to: embedding, k: request.k, mode: request.mode, in: snapshot)
            return SearchResponse(hits: try hits(found), plan: plan)
        case .examples: throw EngineError.noPositiveExample
        case .image(let id):
            let embedding = try snapshot.embedding(of: id)
            let (found, plan) = try nearest(to: embedding, k: request.k + 1, mode: request.mode, in: snapshot)
            let others = found.filter { $0.id != id.rawValue }.prefix(request.k)
            return SearchResponse(hits: try hits(Array(others)), plan: plan)
        }
    }

    public func search(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        var responses: [SearchResponse] = []
        for request in requests { responses.append(try await search(request)) }
        return responses
    }

    public func embedding(of id: ImageID) async throws -> Embedding {
        try snapshot().embedding(of: id)
    }

    private func nearest(
        to query: Embedding, k: Int, mode: SearchRequest.Mode, in snapshot: Snapshot
    ) throws -> ([Neighbor], SearchPlan) {
        while true {
            let planner = SearchPlanner(indexes: shelf.indexes(for: snapshot), state: snapshot.state)
            let route = planner.route(mode)
            do {
                let found = try snapshot.nearest(to: query, k: k, by: route, threads: threads, budget: memory)
                return (found.neighbors, route.plan(scanned: found.scanned))
            } catch let error as IndexError {
                guard let file = route.file else { throw error }
                shelf.discard(file)
            }
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

    private func hits(_ neighbors: [Neighbor]) throws -> [SearchHit] {
        let records = try reading { try catalog.records(neighbors.map { ImageID(rawValue: $0.id) }) }
        let byID = Dictionary(records.map { ($0.id.rawValue, $0) }) { first, _ in first }
        // A picture that was removed after the snapshot was taken is left out.
        return neighbors.compactMap { neighbor in
            byID[neighbor.id].map { SearchHit(record: $0, distance: neighbor.distance) }
        }
    }
}
