internal import Kernels
internal import SosiaCore

/// Answers one query from its prefix bounds: by seeds, middle and full bounds, and distances in the order of the bounds.
struct ExactSelection {
    private static let valuesAtOnce = 256
    /// How many rows with the lowest prefix bounds get full bounds first; the best of them are measured, which gives a
    /// cutoff near the final one.
    private static let minimumLowest = 64
    private static let lowestPerNeighbor = 3
    private static let maximumLowest = 1 << 20
    private static let minimumSeeds = 12

    let query: ExactQuery
    private let arithmetic: MetricArithmetic
    private let dimension: Int
    private let queryNorm: Double
    private let allowed: RowFilter?
    private var best: TopK
    private var measured = 0
    private var lowest: SeedRows
    /// Rows that no bound excludes and that are not measured yet.
    private var survivors: [(bound: Float, row: Int)] = []

    init(query: ExactQuery, k: Int, arithmetic: MetricArithmetic, dimension: Int, allowed: RowFilter?) {
        self.query = query
        self.arithmetic = arithmetic
        self.dimension = dimension
        self.allowed = allowed
        best = TopK(k: k)
        lowest = SeedRows(wanted: max(min(k, Self.maximumLowest) * Self.lowestPerNeighbor, Self.minimumLowest))
        queryNorm = arithmetic.needsNorms ? arithmetic.kernels.squaredNorm(query.vector.span) : 0
    }

    func list(scanned: Int) -> NeighborList {
        NeighborList(neighbors: best.sorted(), scanned: scanned, measured: measured)
    }

    /// Collects the rows of a chunk with the lowest prefix bounds as seeds.
    /// - Parameter position: where the chunk's bounds start in `scratch`.
    mutating func collect(_ chunk: CodeChunk, at position: Int, scratch: inout Scratch, ids: Span<Int64>) {
        for first in stride(from: 0, to: chunk.rowCount, by: Self.valuesAtOnce) {
            let last = min(first + Self.valuesAtOnce, chunk.rowCount)
            let count = scratch.select(
                position + first..<position + last, limit: lowest.limit, base: UInt32(truncatingIfNeeded: first))
            for index in 0..<count {
                let local = Int(scratch.candidates[index])
                let bound = scratch.bounds[position + local]
                // NaN, a bound that says nothing, gives no seed.
                guard isWanted(chunk.firstRow + local, ids: ids), !bound.isNaN else { continue }
                lowest.append(
                    SeedRows.Seed(row: chunk.firstRow + local, bound: bound, projection: scratch.prefix[index]))
            }
        }
    }

    /// Measures the rows that are nearest by their bounds, which gives the first cutoff.
    mutating func measureSeeds(
        segments: [CodeSegment], scratch: inout Scratch, rows: RawSpan, ids: Span<Int64>
    ) {
        lowest.drop()
        let seeds = lowest.seeds
        var (next, firstRow) = (0, 0)
        for segment in segments {
            while next < seeds.count, seeds[next].row < firstRow + segment.rowCount {
                var count = 0
                while next < seeds.count, count < scratch.candidates.count,
                    seeds[next].row < firstRow + segment.rowCount
                {
                    scratch.candidates[count] = UInt32(truncatingIfNeeded: seeds[next].row - firstRow)
                    scratch.prefix[count] = seeds[next].projection
                    (count, next) = (count + 1, next + 1)
                }
                let left = bound(segment, count: count, limit: .greatestFiniteMagnitude, scratch: &scratch)
                for index in 0..<left {
                    keep(firstRow + Int(scratch.candidates[index]), bound: scratch.candidateBounds[index])
                }
            }
            firstRow += segment.rowCount
        }
        measureSurvivors(atMost: max(best.k, Self.minimumSeeds), rows: rows, ids: ids)
    }

    /// Measures those rows of a chunk that no bound excludes.
    /// - Parameter position: where the chunk's prefix bounds start in `scratch`.
    mutating func measure(
        _ chunk: CodeChunk, of segment: CodeSegment, at position: Int, scratch: inout Scratch, rows: RawSpan,
        ids: Span<Int64>
    ) {
        let limit = query.limit(cutoff: best.cutoff)
        var count = scratch.select(
            position..<position + chunk.rowCount, limit: limit, base: UInt32(truncatingIfNeeded: chunk.rowInSegment))
        if let allowed {
            count = scratch.filter(count) { allowed.contains($0 + chunk.firstRow - chunk.rowInSegment) }
        }
        count = bound(segment, count: count, limit: limit, scratch: &scratch)
        for index in 0..<count where !(scratch.candidateBounds[index] > limit) {
            let row = chunk.firstRow - chunk.rowInSegment + Int(scratch.candidates[index])
            if isWanted(row, ids: ids), !isSeed(row) { keep(row, bound: scratch.candidateBounds[index]) }
        }
        measureSurvivors(atMost: .max, rows: rows, ids: ids)
    }

    /// Measures every row of a range without codes.
    mutating func measure(_ range: Range<Int>, rows: RawSpan, ids: Span<Int64>) {
        for row in range where isWanted(row, ids: ids) { measure(row: row, rows: rows, ids: ids) }
    }

    /// Computes full bounds of those of the first `count` candidates that the earlier bounds do not exclude.
    /// - Returns: how many are left.
    private func bound(_ segment: CodeSegment, count: Int, limit: Float, scratch: inout Scratch) -> Int {
        segment.withCodes { _, middle, coarse, fine in
            var left = count
            if let middleQuery = query.middle {
                left = scratch.boundMiddle(middleQuery, rows: middle, count: left, limit: limit)
            }
            scratch.boundFull(query.full, coarse: coarse, fine: nil, count: left)
            left = scratch.keep(left, limit: limit)
            scratch.boundFull(query.full, coarse: coarse, fine: fine, count: left)
            return left
        }
    }

    private func isWanted(_ row: Int, ids: Span<Int64>) -> Bool {
        ids[row] != 0 && allowed?.contains(row) ?? true
    }

    private func isSeed(_ row: Int) -> Bool {
        let seeds = lowest.seeds
        var range = 0..<seeds.count
        while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
            if seeds[middle].row == row { return true }
            range = seeds[middle].row < row ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }

    private mutating func keep(_ row: Int, bound: Float) {
        // NaN counts as the lowest.
        survivors.append((bound.isNaN ? -.infinity : bound, row))
    }

    /// Measures at most `count` survivors in the order of their bounds. Once a bound exceeds the cutoff, all that remain
    /// are dropped.
    private mutating func measureSurvivors(atMost count: Int, rows: RawSpan, ids: Span<Int64>) {
        survivors.sort { ($0.bound, $0.row) < ($1.bound, $1.row) }
        var limit = query.limit(cutoff: best.cutoff)
        var done = 0
        for survivor in survivors.prefix(count) {
            // The cutoff only falls: what lies beyond it now does so in the end.
            if survivor.bound > limit {
                survivors.removeAll(keepingCapacity: true)
                return
            }
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

/// The rows with the lowest prefix bounds so far, which are examined first.
struct SeedRows {
    struct Seed: Sendable {
        let row: Int
        let bound: Float
        /// The projection on the row's prefix code.
        let projection: Float
    }

    private let wanted: Int
    /// In row order.
    private(set) var seeds: [Seed] = []
    /// Rows with higher bounds are no longer wanted.
    private(set) var limit = Float.infinity

    init(wanted: Int) {
        self.wanted = wanted
    }

    /// Rows must be appended in order.
    mutating func append(_ seed: Seed) {
        seeds.append(seed)
        if seeds.count == 4 * wanted { drop() }
    }

    /// Keeps the wanted number of rows; of equal bounds the first ones.
    mutating func drop() {
        guard seeds.count > wanted else { return }
        var bounds = seeds.map(\.bound)
        var values = bounds.mutableSpan
        let greatest = value(ofRank: wanted - 1, in: &values)
        var equal = wanted - seeds.count { $0.bound < greatest }
        seeds.removeAll { seed in
            guard seed.bound == greatest else { return seed.bound > greatest }
            equal -= 1
            return equal < 0
        }
        limit = greatest
    }
}
