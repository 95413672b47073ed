import Catalog
import Indexes
import SosiaCore

/// An unchanging view of a collection: one search sees one snapshot, whatever is written meanwhile.
struct Snapshot: Sendable {
    let state: CatalogState
    let vectors: VectorFile
    /// The picture of each row, 0 where the row is vacant or was never named.
    let ids: [Int64]

    /// Follows what was committed since `previous`; reads everything when there is nothing to follow.
    /// - Throws: ``StoreError``
    init(_ catalog: Catalog, layout: StoreLayout, following previous: Snapshot?) throws {
        guard var changes = try catalog.slotChanges(since: previous?.state.revision ?? -1) else {
            throw StoreError.missing(path: layout.root)
        }
        var ids: [Int64] = []
        if let previous, previous.state.generation == changes.state.generation {
            ids = previous.ids
        } else if previous != nil {
            // Compaction moved every row.
            changes = try catalog.slotChanges(since: -1) ?? changes
        }
        let rows = changes.state.rows
        // First of all: the file bounds the number of rows that a damaged catalog may claim.
        vectors = try VectorFile(
            layout, generation: changes.state.generation, dimension: changes.state.model.dimension, rowCount: rows)
        if ids.count < rows { ids.append(contentsOf: repeatElement(0, count: rows - ids.count)) }
        for slot in changes.vacated where ids.indices.contains(slot) { ids[slot] = 0 }
        for (slot, id) in changes.named {
            guard ids.indices.contains(slot) else {
                throw StoreError.damaged(
                    path: layout.catalog, reason: "picture \(id) has row \(slot), there are \(rows)")
            }
            ids[slot] = id
        }
        state = changes.state
        self.ids = ids
    }

    /// The stored vector of a picture.
    func embedding(of id: ImageID) throws -> Embedding {
        guard let slot = ids.firstIndex(of: id.rawValue) else { throw EngineError.unknownImage(id) }
        return try Embedding(vectors.row(slot).values)
    }

    /// - Throws: `IndexError` when the index of the route is damaged.
    func nearest(to query: Embedding, k: Int, by route: SearchRoute, threads: Int) throws -> NeighborList {
        let (queries, ids) = (query.values.span, ids.span)
        let lists = try vectors.withRows { rows in
            switch route {
            case .flat:
                try FlatScan.search(
                    queries, k: k, metric: state.model.metric, dimension: state.model.dimension, rows: rows, ids: ids,
                    options: FlatSearchOptions(threads: threads))
            case .exact(let held):
                try held.index.search(
                    queries, k: k, rows: rows, ids: ids, options: ExactSearchOptions(threads: threads))
            case .graph(let held, let effort):
                try held.index.search(queries, k: k, rows: rows, ids: ids, options: GraphSearchOptions(effort: effort))
            }
        }
        return lists.first ?? NeighborList(neighbors: [], scanned: 0, measured: 0)
    }
}
