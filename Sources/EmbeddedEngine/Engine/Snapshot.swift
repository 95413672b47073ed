import Catalog
import FileSystem
import Indexes
import SosiaCore

/// An immutable view of a collection: a search sees one snapshot, whatever is written in the meantime.
struct Snapshot: Sendable {
    let state: CatalogState
    let vectors: VectorFile
    /// The id of each row's picture; 0 for vacant and unused rows.
    let ids: [Int64]
    /// Rows that belong to a picture.
    let liveCount: Int

    /// Applies the commits since `previous`; reads everything if that is nil.
    /// - Throws: `StoreError`
    init(_ catalog: Catalog, files: CollectionFiles, following previous: Snapshot?) throws {
        guard var changes = try catalog.slotChanges(since: previous?.state.revision ?? -1) else {
            throw StoreError.missing(path: files.root)
        }
        var ids: [Int64] = []
        if let previous, previous.state.generation == changes.state.generation {
            ids = previous.ids
        } else if previous != nil {
            // Compaction moved every row.
            changes = try catalog.slotChanges(since: -1) ?? changes
        }
        let rows = changes.state.rows
        // Opened first, since the file limits how many rows a damaged catalog can claim.
        vectors = try VectorFile(
            files, generation: changes.state.generation, dimension: changes.state.model.dimension, rowCount: rows)
        if ids.count < rows { ids.append(contentsOf: repeatElement(0, count: rows - ids.count)) }
        for slot in changes.vacated where ids.indices.contains(slot) { ids[slot] = 0 }
        for (slot, id) in changes.named {
            guard ids.indices.contains(slot) else {
                throw StoreError.damaged(
                    path: files.catalog, reason: "picture \(id) has row \(slot), there are \(rows)")
            }
            ids[slot] = id
        }
        state = changes.state
        self.ids = ids
        liveCount = ids.count { $0 != 0 }
    }

    /// The row of a picture.
    /// - Parameter likely: a probable row, computed only if the first guess fails; nil if unknown.
    /// - Returns: nil if there is no such picture.
    func slot(of id: ImageID, likely: () throws -> Int?) rethrows -> Int? {
        guard id.rawValue > 0 else { return nil }
        // Ids start at 1 and rows at 0, and in most collections no row was ever moved.
        if let slot = Int(exactly: id.rawValue - 1), holds(id, at: slot) { return slot }
        if let slot = try likely(), holds(id, at: slot) { return slot }
        return ids.firstIndex(of: id.rawValue)
    }

    private func holds(_ id: ImageID, at slot: Int) -> Bool {
        ids.indices.contains(slot) && ids[slot] == id.rawValue
    }
}

extension Snapshot {
    /// If at most one in this many rows is allowed, measuring them separately is faster than scanning all rows.
    private static let scatteredShare = 4

    /// The nearest rows of several queries.
    /// - Parameters:
    ///   - queries: concatenated vectors.
    ///   - allowed: the rows that may be found; nil for all.
    /// - Returns: one list per query.
    /// - Throws: `IndexError` if the index of the route is damaged.
    func nearest(
        to queries: Span<Float>, k: Int, allowed: RowFilter? = nil, by route: SearchRoute, threads: Int = 1,
        budget: MemoryBudget? = nil
    ) throws -> [NeighborList] {
        defer { vectors.hold(budget) }
        let ids = ids.span
        switch route {
        case .flat:
            if let allowed, allowed.count <= state.rows / Self.scatteredShare {
                vectors.expect(scan: false)
                return try vectors.withRows {
                    try FlatScan.search(
                        queries, k: k, metric: state.model.metric, dimension: state.model.dimension, rows: $0,
                        ids: ids, allowed: allowed)
                }
            }
            vectors.expect(scan: true)
            let found = allowed?.masking(ids) ?? self.ids
            return try scan(queries, k: k, ids: found.span, threads: threads, budget: budget)
        case .index(let open, let settings):
            vectors.expect(scan: false)
            return try vectors.withRows {
                try open.index.search(
                    queries, k: k, rows: $0, ids: ids, allowed: allowed, settings: settings, threads: threads)
            }
        }
    }

    /// The plain scan, in parts that fit the budget.
    private func scan(
        _ queries: Span<Float>, k: Int, ids: Span<Int64>, threads: Int, budget: MemoryBudget?
    ) throws -> [NeighborList] {
        let rowBytes = state.model.dimension * MemoryLayout<Float>.size
        let step = max(1, budget.map { $0.stride / rowBytes } ?? state.rows)
        let options = try FlatSearchOptions(threads: threads)
        var nearest = [[Neighbor]](repeating: [], count: queries.count / state.model.dimension)
        for first in stride(from: 0, to: state.rows, by: step) {
            let part = first..<min(first + step, state.rows)
            let lists = try vectors.withRows { rows in
                try FlatScan.search(
                    queries, k: k, metric: state.model.metric, dimension: state.model.dimension,
                    rows: rows.extracting(part.lowerBound * rowBytes..<part.upperBound * rowBytes),
                    ids: ids.extracting(part), options: options)
            }
            for (query, list) in lists.enumerated() {
                let found = list.neighbors.map {
                    Neighbor(id: $0.id, row: part.lowerBound + $0.row, distance: $0.distance)
                }
                nearest[query] = nearest[query].isEmpty ? found : Array((nearest[query] + found).sorted().prefix(k))
            }
            vectors.hold(budget)
        }
        return nearest.map { NeighborList(neighbors: $0, scanned: state.rows, measured: state.rows) }
    }
}
