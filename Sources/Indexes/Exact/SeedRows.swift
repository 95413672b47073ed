internal import Kernels

/// Some rows with the lowest prefix bounds of those seen so far: the ones that are looked at first.
struct SeedRows {
    private let wanted: Int
    private(set) var rows: [Int] = []
    private(set) var projections: [Float] = []
    private var bounds: [Float] = []
    /// Bounds above this one are not wanted any more.
    private(set) var limit = Float.infinity

    init(wanted: Int) {
        self.wanted = wanted
    }

    /// Rows come in order.
    mutating func append(row: Int, bound: Float, projection: Float) {
        rows.append(row)
        bounds.append(bound)
        projections.append(projection)
        if rows.count == 4 * wanted { drop() }
    }

    /// Leaves the wanted number of rows, still in order; of equal bounds the first.
    mutating func drop() {
        guard rows.count > wanted else { return }
        var sorted = bounds
        var values = sorted.mutableSpan
        limit = value(ofRank: wanted - 1, in: &values)
        var equal = wanted - bounds.reduce(0) { $0 + ($1 < limit ? 1 : 0) }
        var kept = 0
        for index in rows.indices where bounds[index] <= limit {
            if bounds[index] == limit {
                guard equal > 0 else { continue }
                equal -= 1
            }
            rows[kept] = rows[index]
            bounds[kept] = bounds[index]
            projections[kept] = projections[index]
            kept += 1
        }
        rows.removeLast(rows.count - kept)
        bounds.removeLast(bounds.count - kept)
        projections.removeLast(projections.count - kept)
    }
}
