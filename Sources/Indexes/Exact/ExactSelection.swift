internal import Kernels
internal import SosiaCore

/// From prefix bounds to the answer: seeds, full bounds, and distances in the order of the bounds.
struct ExactSelection {
    private static let valuesAtOnce = 2048

    private let query: ExactQuery
    private let arithmetic: MetricArithmetic
    private let dimension: Int
    private let queryNorm: Double
    private var best: TopK
    private var measured = 0

    init(query: ExactQuery, k: Int, arithmetic: MetricArithmetic, dimension: Int) {
        self.query = query
        self.arithmetic = arithmetic
        self.dimension = dimension
        best = TopK(k: k)
        queryNorm = arithmetic.needsNorms ? arithmetic.kernels.squaredNorm(query.vector.span) : 0
    }

    func list(scanned: Int) -> NeighborList {
        NeighborList(neighbors: best.sorted(), scanned: scanned, measured: measured)
    }

    /// - Parameter scratch: prefix bounds and products of all rows, each segment padded to whole blocks.
    mutating func run(segments: [CodeSegment], scratch: inout Scratch, rows: RawSpan, ids: Span<Int64>) {
        seed(segments: segments, scratch: &scratch, rows: rows, ids: ids)
        var survivors: [(bound: Float, row: Int)] = []
        var limit = query.limit(cutoff: best.cutoff)
        var (start, firstRow) = (0, 0)
        for segment in segments {
            segment.withCodes { _, middle, full in
                var count = scratch.select(start..<start + segment.rowCount, limit: limit, base: 0)
                if let middleQuery = query.middle {
                    count = scratch.boundMiddle(
                        middleQuery, rows: middle, count: count, start: start, rowCount: segment.rowCount,
                        limit: limit)
                }
                scratch.boundFull(query.full, rows: full, count: count, start: start, rowCount: segment.rowCount)
                for index in 0..<count where !(scratch.candidateBounds[index] > limit) {
                    let row = firstRow + Int(scratch.candidates[index])
                    let bound = scratch.candidateBounds[index]
                    // NaN, a bound that says nothing, counts as the lowest.
                    if ids[row] != 0 { survivors.append((bound.isNaN ? -.infinity : bound, row)) }
                }
            }
            start += segment.blockCount * CodeLayout.blockRows
            firstRow += segment.rowCount
        }
        survivors.sort { ($0.bound, $0.row) < ($1.bound, $1.row) }
        for survivor in survivors {
            if survivor.bound > limit { break }
            if measure(row: survivor.row, rows: rows, ids: ids) { limit = query.limit(cutoff: best.cutoff) }
        }
        for row in firstRow..<max(firstRow, ids.count) where ids[row] != 0 {
            measure(row: row, rows: rows, ids: ids)
        }
    }

    /// Measures the live rows with the lowest prefix bounds, which makes the first cutoff. They are given an infinite
    /// bound, so that they are not met again.
    private mutating func seed(
        segments: [CodeSegment], scratch: inout Scratch, rows: RawSpan, ids: Span<Int64>
    ) {
        var lowest = TopK(k: max(2 * best.k, 32))
        var (start, firstRow) = (0, 0)
        for segment in segments {
            for first in stride(from: 0, to: segment.rowCount, by: Self.valuesAtOnce) {
                let last = min(first + Self.valuesAtOnce, segment.rowCount)
                let count = scratch.select(
                    start + first..<start + last, limit: lowest.cutoff, base: UInt32(first))
                for index in 0..<count {
                    let local = Int(scratch.candidates[index])
                    let row = firstRow + local
                    if ids[row] != 0 {
                        let bound = scratch.bounds[start + local]
                        lowest.offer(Neighbor(id: Int64(start + local), row: row, distance: bound))
                    }
                }
            }
            start += segment.blockCount * CodeLayout.blockRows
            firstRow += segment.rowCount
        }
        for seed in lowest.sorted() {
            measure(row: seed.row, rows: rows, ids: ids)
            scratch.bounds[Int(seed.id)] = .infinity
        }
    }

    @discardableResult
    private mutating func measure(row: Int, rows: RawSpan, ids: Span<Int64>) -> Bool {
        let bytes = dimension * MemoryLayout<Float>.size
        let vector = rows.extracting(row * bytes..<(row + 1) * bytes)
        let distance = arithmetic.distance(query.vector.span, vector, queryNorm: queryNorm)
        measured += 1
        return best.offer(Neighbor(id: ids[row], row: row, distance: distance))
    }
}
