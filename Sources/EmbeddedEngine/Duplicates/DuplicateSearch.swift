import Catalog
import SosiaCore

/// Finds connected groups of near-duplicates in one snapshot.
struct DuplicateSearch {
    /// Rows whose neighbours are searched together.
    private static let batch = 256
    /// Neighbours to search for at first, the row itself included: most rows have none within the distance, and two are
    /// enough to tell.
    private static let firstNeighbors = 2
    private static let widening = 4
    /// The most neighbours of a row that are examined.
    static let maximumNeighbors = 2_048

    let engine: EmbeddedEngine
    let snapshot: Snapshot
    let distance: Float

    /// - Throws: `CancellationError`, `StoreError`
    func groups(_ progress: (_ done: Int, _ total: Int) -> Void) throws -> DuplicatesCache.Found {
        // By id, so that of equal rows the first one is examined completely.
        let rows = snapshot.ids.indices.filter { snapshot.ids[$0] != 0 }
            .sorted { snapshot.ids[$0] < snapshot.ids[$1] }
        var sets = DuplicateSets(count: snapshot.ids.count)
        var truncated = 0
        for start in stride(from: 0, to: rows.count, by: Self.batch) {
            try Task.checkCancellation()
            var open = Array(rows[start..<min(start + Self.batch, rows.count)])
            var k = Self.firstNeighbors
            while !open.isEmpty {
                let lists = try neighbors(of: open, k: k)
                var wider: [Int] = []
                for (row, list) in zip(open, lists) {
                    let near = list.filter { $0.row != row && $0.distance <= distance }
                    for neighbor in near { sets.join(row, neighbor.row, distance: neighbor.distance) }
                    if mayHaveMore(list, of: row, k: k) { wider.append(row) }
                }
                if k == Self.maximumNeighbors {
                    truncated += wider.count
                    break
                }
                open = wider
                k = min(k * Self.widening, Self.maximumNeighbors)
            }
            progress(min(start + Self.batch, rows.count), rows.count)
        }
        let groups = sets.groups(of: rows) { ImageID(rawValue: snapshot.ids[$0]) }
        return DuplicatesCache.Found(groups: groups, truncated: truncated)
    }

    /// Whether there may be more neighbours within the distance after the last one. A picture that equals one with a lower
    /// id has the same neighbours as that one.
    private func mayHaveMore(_ list: [Neighbor], of row: Int, k: Int) -> Bool {
        guard list.count == k, let last = list.last, last.distance <= distance, k < snapshot.liveCount else {
            return false
        }
        return !list.contains { $0.distance == 0 && $0.id < snapshot.ids[row] }
    }

    private func neighbors(of rows: [Int], k: Int) throws -> [[Neighbor]] {
        let queries = try rows.map { try Embedding(snapshot.vectors.vector($0)) }
        return try engine.nearest(to: queries, k: k, way: .init(mode: .exact), allowed: nil, in: snapshot)
            .map(\.list.neighbors)
    }
}
