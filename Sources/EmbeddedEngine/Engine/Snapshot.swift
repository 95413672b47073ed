import Catalog
import FileSystem
import Indexes
import SosiaCore

/// An unchanging view of a collection: one search sees one snapshot, whatever is written meanwhile.
struct Snapshot: Sendable {
    let state: CatalogState
    let vectors: VectorFile
    /// The picture of each row, 0 where the row is vacant or was never named.
    let ids: [Int64]
    /// Rows that are somebody's.
    let liveCount: Int

    /// Follows what was committed since `previous`; reads everything when there is nothing to follow.
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
        // First of all: the file bounds the number of rows that a damaged catalog may claim.
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
    /// - Parameter likely: where it was seen last, asked for where a guess fails; nil when nobody knows.
    /// - Returns: nil when there is no such picture.
    func slot(of id: ImageID, likely: () throws -> Int?) rethrows -> Int? {
        guard id.rawValue > 0 else { return nil }
        // Ids count from 1 and rows from 0, and in most collections nothing was ever moved.
        if let slot = Int(exactly: id.rawValue - 1), holds(id, at: slot) { return slot }
        if let slot = try likely(), holds(id, at: slot) { return slot }
        return ids.firstIndex(of: id.rawValue)
    }

    private func holds(_ id: ImageID, at slot: Int) -> Bool {
        ids.indices.contains(slot) && ids[slot] == id.rawValue
    }
}

extension Snapshot {
    /// Up to this share of all rows, measuring the allowed ones each on its own is quicker than passing over all.
    private static let scatteredShare = 4

    /// The nearest rows of several queries.
    /// - Parameters:
    ///   - queries: one vector behind the other.
    ///   - allowed: the rows that may be found; nil for all.
    /// - Returns: one list a query.
    /// - Throws: `IndexError` when the index of the route is damaged.
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

    /// The plain scan, in parts that a budget allows.
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
