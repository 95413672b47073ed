internal import Kernels
internal import SosiaCore

/// Finds the candidates for one query if not all rows are allowed: by one walk, by a wider one, or by scanning the codes
/// of the allowed rows.
struct GraphPlan {
    /// Distances computed by a walk for each candidate it keeps; measured at common efforts and degrees.
    private static let distancesPerEffort = 20
    /// A second walk is needed only if less than this share of the effort turns out to be allowed rows.
    private static let enough = 0.96
    /// Walks are this much wider than the share of allowed rows suggests.
    private static let margin = 1.1
    /// Rows sampled to estimate how many are allowed.
    private static let sampledRows = 1 << 14
    private static let maximumEffort = 1 << 16

    private let index: GraphIndex
    private let allowed: RowFilter?
    private let effort: Int
    private let wanted: Int

    init(index: GraphIndex, allowed: RowFilter?, effort: Int, wanted: Int) {
        self.index = index
        self.allowed = allowed
        self.effort = effort
        self.wanted = wanted
    }

    /// - Returns: allowed rows, nearest first by code, and how many codes were examined.
    func candidates(
        _ query: GraphQueryCode, graph: GraphView, ids: Span<Int64>, scratch: inout GraphScratch
    ) -> (rows: [Int], scanned: Int) {
        guard graph.count > 0 else { return ([], 0) }
        var effort = min(effort, graph.count)
        if let allowed {
            let needed = Double(effort) * Double(graph.count) / Double(max(allowed.count, 1)) * Self.margin
            guard isWalkCheaper(effort: needed, ids: ids, count: graph.count) else {
                return scan(query, graph: graph, ids: ids, scratch: &scratch)
            }
            effort = min(Int(needed) + 1, graph.count)
        }
        var scanned = 0
        while true {
            let walk = GraphKernels.current.walk(
                query, graph: graph, seeds: index.seeds.span, effort: effort, scratch: &scratch)
            scanned += walk.measured
            let found = walk.candidates.map(\.row).filter { isAllowed($0, ids) }
            if Double(found.count) >= Self.enough * Double(min(self.effort, graph.count)) { return (found, scanned) }
            // Too few: the share of allowed rows near the query tells how much wider the walk must be.
            let share = max(Double(found.count), 0.5) / Double(max(walk.candidates.count, 1))
            let needed = Double(self.effort) / share * Self.margin
            guard needed > Double(effort), isWalkCheaper(effort: needed, ids: ids, count: graph.count) else {
                let scan = scan(query, graph: graph, ids: ids, scratch: &scratch)
                return (scan.rows, scanned + scan.scanned)
            }
            effort = Int(needed) + 1
        }
    }

    private func isAllowed(_ row: Int, _ ids: Span<Int64>) -> Bool {
        ids[row] != 0 && allowed?.contains(row) ?? true
    }

    private func isWalkCheaper(effort: Double, ids: Span<Int64>, count: Int) -> Bool {
        effort < Double(min(Self.maximumEffort, count))
            && effort * Double(Self.distancesPerEffort) < allowedRows(ids, count: count)
    }

    /// The number of allowed rows; an estimate if there are many.
    private func allowedRows(_ ids: Span<Int64>, count: Int) -> Double {
        if let allowed { return Double(allowed.count) }
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
        var some: [UInt32] = []
        if let allowed {
            some.reserveCapacity(allowed.count)
            allowed.forEach(below: graph.count) { row in if ids[row] != 0 { some.append(UInt32(row)) } }
        } else {
            for row in 0..<graph.count where ids[row] != 0 { some.append(UInt32(row)) }
        }
        if !without.isEmpty { some.removeAll { without.contains($0) } }
        guard some.count > wanted else { return (some.map(Int.init), some.count) }
        let nearest = GraphKernels.current.nearest(
            query, graph: graph, among: some, effort: wanted, scratch: &scratch)
        return (nearest.map(\.row), some.count)
    }
}
