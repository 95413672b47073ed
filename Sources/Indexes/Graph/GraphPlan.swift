internal import Kernels
internal import SosiaCore

/// How candidates for one query are found when not every row may be: by one walk, a wider one, or a scan of the codes
/// of the allowed rows.
struct GraphPlan {
    /// Distances that a walk forms for each candidate it keeps; measured at the usual efforts and degrees.
    private static let distancesPerEffort = 20
    /// A walk wants at least this share of its effort to be allowed rows: a few others need no second walk.
    private static let enough = 0.96
    /// Rows looked at to estimate how many are allowed.
    private static let sampledRows = 1 << 14
    private static let maximumEffort = 1 << 16

    private let index: GraphIndex
    private let effort: Int
    private let wanted: Int

    init(index: GraphIndex, effort: Int, wanted: Int) {
        self.index = index
        self.effort = effort
        self.wanted = wanted
    }

    /// - Returns: allowed rows, nearest first by their codes, and how many codes were looked at.
    func candidates(
        _ query: GraphQueryCode, graph: GraphView, ids: Span<Int64>, scratch: inout GraphScratch
    ) -> (rows: [Int], scanned: Int) {
        guard graph.count > 0 else { return ([], 0) }
        var effort = min(effort, graph.count)
        var scanned = 0
        while true {
            let walk = GraphKernels.current.walk(
                query, graph: graph, seeds: index.seeds.span, effort: effort, scratch: &scratch)
            scanned += walk.measured
            let allowed = walk.candidates.filter { ids[$0.row] != 0 }.map(\.row)
            let share = Double(allowed.count) / Double(max(walk.candidates.count, 1))
            if Double(allowed.count) >= Self.enough * Double(min(self.effort, graph.count)) {
                return (allowed, scanned)
            }
            // Too few: those near the query say how much wider a walk must be, all rows how much a scan costs.
            let needed = Double(self.effort) / max(share, 0.5 / Double(effort)) * 1.1
            let walkCost = needed * Double(Self.distancesPerEffort)
            guard walkCost < allowedRows(ids, count: graph.count), needed > Double(effort),
                needed < Double(min(Self.maximumEffort, graph.count))
            else {
                let scan = scan(query, graph: graph, ids: ids, scratch: &scratch)
                return (scan.rows, scanned + scan.scanned)
            }
            effort = Int(needed) + 1
        }
    }

    /// How many rows are allowed; estimated when there are many.
    private func allowedRows(_ ids: Span<Int64>, count: Int) -> Double {
        var allowed = 0
        guard count > 8 * Self.sampledRows else {
            for row in 0..<count where ids[row] != 0 { allowed += 1 }
            return Double(allowed)
        }
        var generator = SplitMix(seed: UInt64(count))
        for _ in 0..<Self.sampledRows where ids[Int.random(in: 0..<count, using: &generator)] != 0 { allowed += 1 }
        return Double(allowed) * Double(count) / Double(Self.sampledRows)
    }

    private func scan(
        _ query: GraphQueryCode, graph: GraphView, ids: Span<Int64>, scratch: inout GraphScratch
    ) -> (rows: [Int], scanned: Int) {
        let without = Set(index.uncoded)
        var allowed: [UInt32] = []
        for row in 0..<graph.count where ids[row] != 0 { allowed.append(UInt32(row)) }
        if !without.isEmpty { allowed.removeAll { without.contains($0) } }
        guard allowed.count > wanted else { return (allowed.map(Int.init), allowed.count) }
        let nearest = GraphKernels.current.nearest(
            query, graph: graph, among: allowed, effort: wanted, scratch: &scratch)
        return (nearest.map(\.row), allowed.count)
    }
}
