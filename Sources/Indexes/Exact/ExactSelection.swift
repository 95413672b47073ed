internal import Kernels
internal import SosiaCore

/// From prefix bounds to the answer: seeds, full bounds, and distances in the order of the bounds.
struct ExactSelection {
    private static let valuesAtOnce = 2048
    /// So many rows with the lowest prefix bounds have their full bounds formed first, and the best of those are
    /// measured, to get a cutoff near the final one.
    private static let minimumLowest = 64
    private static let lowestPerNeighbor = 3
    private static let minimumSeeds = 12

    private let query: ExactQuery
    private let arithmetic: MetricArithmetic
    private let dimension: Int
    private let queryNorm: Double
    private var best: TopK
    private var measured = 0
    /// Rows that no bound excludes, not measured yet.
    private var survivors: [(bound: Float, row: Int)] = []

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

    /// - Parameter scratch: prefix bounds and projections of all rows, each segment padded to whole blocks.
    mutating func run(segments: [CodeSegment], scratch: inout Scratch, rows: RawSpan, ids: Span<Int64>) {
        seed(segments: segments, scratch: &scratch, rows: rows, ids: ids)
        let limit = query.limit(cutoff: best.cutoff)
        var (start, firstRow) = (0, 0)
        for segment in segments {
            let count = scratch.select(start..<start + segment.rowCount, limit: limit, base: 0)
            bound(segment, count: count, start: start, firstRow: firstRow, limit: limit, scratch: &scratch, ids: ids)
            start += segment.blockCount * CodeLayout.blockRows
            firstRow += segment.rowCount
        }
        measureSurvivors(atMost: .max, rows: rows, ids: ids)
        for row in firstRow..<max(firstRow, ids.count) where ids[row] != 0 {
            measure(row: row, rows: rows, ids: ids)
        }
    }

    /// Measures the rows that the bounds hold for nearest, which makes the first cutoff.
    private mutating func seed(
        segments: [CodeSegment], scratch: inout Scratch, rows: RawSpan, ids: Span<Int64>
    ) {
        let lowest = lowestPrefixBounds(segments: segments, scratch: &scratch, ids: ids)
        var next = 0
        var (start, firstRow) = (0, 0)
        for segment in segments {
            var count = 0
            while next < lowest.count, lowest[next] < start + segment.rowCount {
                scratch.candidates[count] = UInt32(lowest[next] - start)
                scratch.bounds[lowest[next]] = .infinity
                (count, next) = (count + 1, next + 1)
            }
            bound(
                segment, count: count, start: start, firstRow: firstRow, limit: .greatestFiniteMagnitude,
                scratch: &scratch, ids: ids)
            start += segment.blockCount * CodeLayout.blockRows
            firstRow += segment.rowCount
        }
        measureSurvivors(atMost: max(best.k, Self.minimumSeeds), rows: rows, ids: ids)
    }

    /// The positions among the prefix bounds, ascending, of the live rows with the lowest.
    private func lowestPrefixBounds(segments: [CodeSegment], scratch: inout Scratch, ids: Span<Int64>) -> [Int] {
        var lowest = TopK(k: max(Self.lowestPerNeighbor * best.k, Self.minimumLowest))
        var (start, firstRow) = (0, 0)
        for segment in segments {
            for first in stride(from: 0, to: segment.rowCount, by: Self.valuesAtOnce) {
                let last = min(first + Self.valuesAtOnce, segment.rowCount)
                let count = scratch.select(
                    start + first..<start + last, limit: lowest.cutoff, base: UInt32(first))
                for index in 0..<count {
                    let local = Int(scratch.candidates[index])
                    guard ids[firstRow + local] != 0 else { continue }
                    let bound = scratch.bounds[start + local]
                    lowest.offer(Neighbor(id: 0, row: start + local, distance: bound))
                }
            }
            start += segment.blockCount * CodeLayout.blockRows
            firstRow += segment.rowCount
        }
        return lowest.sorted().map(\.row).sorted()
    }

    /// Puts those of the first `count` candidates that the middle and full bounds do not exclude among the survivors.
    private mutating func bound(
        _ segment: CodeSegment, count: Int, start: Int, firstRow: Int, limit: Float, scratch: inout Scratch,
        ids: Span<Int64>
    ) {
        segment.withCodes { _, middle, full in
            var left = count
            if let middleQuery = query.middle {
                left = scratch.boundMiddle(
                    middleQuery, rows: middle, count: left, start: start, rowCount: segment.rowCount, limit: limit)
            }
            scratch.boundFull(query.full, rows: full, count: left, start: start, rowCount: segment.rowCount)
            for index in 0..<left where !(scratch.candidateBounds[index] > limit) {
                let row = firstRow + Int(scratch.candidates[index])
                let bound = scratch.candidateBounds[index]
                // NaN, a bound that says nothing, counts as the lowest.
                if ids[row] != 0 { survivors.append((bound.isNaN ? -.infinity : bound, row)) }
            }
        }
    }

    /// Measures survivors in the order of their bounds until a bound passes the cutoff.
    private mutating func measureSurvivors(atMost count: Int, rows: RawSpan, ids: Span<Int64>) {
        survivors.sort { ($0.bound, $0.row) < ($1.bound, $1.row) }
        var limit = query.limit(cutoff: best.cutoff)
        var done = 0
        for survivor in survivors.prefix(count) {
            if survivor.bound > limit { break }
            done += 1
            if measure(row: survivor.row, rows: rows, ids: ids) { limit = query.limit(cutoff: best.cutoff) }
        }
        survivors.removeFirst(done)
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
