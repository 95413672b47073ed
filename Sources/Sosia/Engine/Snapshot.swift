import Catalog
import Indexes
import MemoryMapping
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
    func nearest(
        to query: Embedding, k: Int, by route: SearchRoute, threads: Int, budget: MemoryBudget?
    ) throws -> NeighborList {
        let (queries, ids) = (query.values.span, ids.span)
        defer { vectors.hold(budget) }
        let lists: [NeighborList]
        switch route {
        case .flat:
            vectors.expect(scan: true)
            return try scan(queries, k: k, threads: threads, budget: budget)
        case .exact(let held):
            vectors.expect(scan: false)
            let options = try ExactSearchOptions(threads: threads)
            lists = try vectors.withRows {
                try held.index.search(queries, k: k, rows: $0, ids: ids, options: options)
            }
        case .graph(let held, let width):
            vectors.expect(scan: false)
            lists = try vectors.withRows {
                try held.index.search(queries, k: k, rows: $0, ids: ids, options: width.options(k: k))
            }
        }
        return lists.first ?? NeighborList(neighbors: [], scanned: 0, measured: 0)
    }

    /// The plain scan, in parts that a budget allows.
    private func scan(_ queries: Span<Float>, k: Int, threads: Int, budget: MemoryBudget?) throws -> NeighborList {
        let rowBytes = state.model.dimension * MemoryLayout<Float>.size
        let step = max(1, budget.map { $0.stride / rowBytes } ?? state.rows)
        let options = try FlatSearchOptions(threads: threads)
        var neighbors: [Neighbor] = []
        for first in stride(from: 0, to: state.rows, by: step) {
            let part = first..<min(first + step, state.rows)
            let lists = try vectors.withRows { rows in
                try FlatScan.search(
                    queries, k: k, metric: state.model.metric, dimension: state.model.dimension,
                    rows: rows.extracting(part.lowerBound * rowBytes..<part.upperBound * rowBytes),
                    ids: ids.span.extracting(part), options: options)
            }
            neighbors = Array((neighbors + lists.flatMap(\.neighbors)).sorted().prefix(k))
            vectors.hold(budget)
        }
        return NeighborList(neighbors: neighbors, scanned: state.rows, measured: state.rows)
    }
}
