import Catalog
import Indexes
import FileSystem
import SosiaCore

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
