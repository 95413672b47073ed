internal import Dispatch
internal import Kernels
public import SosiaCore
internal import Synchronization

/// Brute force: the distance to every live row. The reference that all indexes are tested against.
public enum FlatScan {
    /// Rows in blocks of this size stay in the second-level cache while all queries of a batch are compared with them.
    private static let blockBytes = 256 << 10
    private static let queriesAtOnce = 32
    /// With fewer floats per thread, another thread costs more than it gains.
    private static let minimumFloatsPerThread = 1 << 18

    /// - Parameters:
    ///   - queries: concatenated queries, `dimension` finite values each.
    ///   - metric: `.l2`, `.cosine` or `.innerProduct`. Rows need not be normalised for the cosine.
    ///   - rows: row-major Float32, `dimension` finite values per row, four-byte aligned.
    ///   - ids: one number per row, 0 for a dead row, which is not found.
    /// - Returns: one list per query: the `k` nearest, nearest first, ties by id.
    /// - Throws: `IndexError.shapeMismatch`, `.invalidK`, `.unsupportedMetric`; `VectorError.dimensionMismatch`,
    ///   `.notFinite` for a query.
    public static func search(
        _ queries: Span<Float>, k: Int, metric: Metric, dimension: Int, rows: RawSpan, ids: Span<Int64>,
        options: FlatSearchOptions = .standard
    ) throws -> [NeighborList] {
        let queryCount = try SearchInput.check(queries: queries, k: k, rows: rows, ids: ids, dimension: dimension)
        let arithmetic = try MetricArithmetic(metric)
        let best = nearest(
            to: queries, queryCount: queryCount, k: k, arithmetic: arithmetic, dimension: dimension, rows: rows,
            ids: ids, range: 0..<ids.count, threads: options.threads)
        return best.map { NeighborList(neighbors: $0.sorted(), scanned: ids.count, measured: ids.count) }
    }

    /// Searches a range of the rows; the input has been checked.
    static func nearest(
        to queries: Span<Float>, queryCount: Int, k: Int, arithmetic: MetricArithmetic, dimension: Int,
        rows: RawSpan, ids: Span<Int64>, range: Range<Int>, threads: Int
    ) -> [TopK] {
        let work = range.count * dimension * max(queryCount, 1)
        let parts = max(1, min(threads, range.count, work / minimumFloatsPerThread))
        guard parts > 1 else {
            return part(
                queries: queries, queryCount: queryCount, k: k, arithmetic: arithmetic, dimension: dimension,
                rows: rows, ids: ids, range: range)
        }
        let merged = Mutex([TopK](repeating: TopK(k: k), count: queryCount))
        DispatchQueue.concurrentPerform(iterations: parts) { index in
            let lower = range.lowerBound + range.count * index / parts
            let upper = range.lowerBound + range.count * (index + 1) / parts
            let found = part(
                queries: queries, queryCount: queryCount, k: k, arithmetic: arithmetic, dimension: dimension,
                rows: rows, ids: ids, range: lower..<upper)
            merged.withLock { lists in
                for query in 0..<queryCount { lists[query].merge(found[query]) }
            }
        }
        return merged.withLock { $0 }
    }

    /// Measures only the allowed rows, one by one.
    static func nearest(
        to query: Span<Float>, k: Int, arithmetic: MetricArithmetic, rows: RawSpan, ids: Span<Int64>,
        allowed: RowFilter
    ) -> NeighborList {
        var best = TopK(k: k)
        var measured = 0
        let bytes = query.count * MemoryLayout<Float>.size
        let norm = arithmetic.needsNorms ? arithmetic.kernels.squaredNorm(query) : 0
        allowed.forEach(below: ids.count) { row in
            guard ids[row] != 0 else { return }
            let vector = rows.extracting(row * bytes..<(row + 1) * bytes)
            let distance = arithmetic.distance(query, vector, queryNorm: norm)
            best.offer(Neighbor(id: ids[row], row: row, distance: distance))
            measured += 1
        }
        return NeighborList(neighbors: best.sorted(), scanned: measured, measured: measured)
    }

    private static func part(
        queries: Span<Float>, queryCount: Int, k: Int, arithmetic: MetricArithmetic, dimension: Int, rows: RawSpan,
        ids: Span<Int64>, range: Range<Int>
    ) -> [TopK] {
        var best = [TopK](repeating: TopK(k: k), count: queryCount)
        let rowBytes = dimension * MemoryLayout<Float>.size
        let blockRows = max(1, min(blockBytes / rowBytes, max(range.count, 1)))
        var sums = [Double](repeating: 0, count: blockRows * min(queryCount, queriesAtOnce))
        var rowNorms = [Double](repeating: 0, count: arithmetic.needsNorms ? blockRows : 0)
        var queryNorms = [Double](repeating: 0, count: arithmetic.needsNorms ? queryCount : 0)
        for query in queryNorms.indices {
            let vector = queries.extracting(query * dimension..<(query + 1) * dimension)
            queryNorms[query] = arithmetic.kernels.squaredNorm(vector)
        }
        for start in stride(from: range.lowerBound, to: range.upperBound, by: blockRows) {
            let end = min(start + blockRows, range.upperBound)
            let block = rows.extracting(start * rowBytes..<end * rowBytes)
            if arithmetic.needsNorms {
                var norms = rowNorms.mutableSpan
                arithmetic.kernels.squaredNorms(rows: block, dimension: dimension, into: &norms)
            }
            for first in stride(from: 0, to: queryCount, by: queriesAtOnce) {
                let last = min(first + queriesAtOnce, queryCount)
                let some = queries.extracting(first * dimension..<last * dimension)
                var out = sums.mutableSpan
                arithmetic.sums(queries: some, rows: block, dimension: dimension, into: &out)
                for query in first..<last {
                    offer(
                        sums.span.extracting((query - first) * (end - start)..<(query - first + 1) * (end - start)),
                        firstRow: start, ids: ids, arithmetic: arithmetic, rowNorms: rowNorms.span,
                        queryNorm: arithmetic.needsNorms ? queryNorms[query] : 0, to: &best[query])
                }
            }
        }
        return best
    }

    private static func offer(
        _ sums: Span<Double>, firstRow: Int, ids: Span<Int64>, arithmetic: MetricArithmetic, rowNorms: Span<Double>,
        queryNorm: Double, to best: inout TopK
    ) {
        var limit = arithmetic.sumLimit(cutoff: best.cutoff)
        let largerIsCloser = arithmetic.metric != .l2
        for index in sums.indices {
            let sum = sums[index]
            if largerIsCloser ? sum < limit : sum > limit { continue }
            let id = ids[firstRow + index]
            guard id != 0 else { continue }
            let norms = arithmetic.needsNorms ? rowNorms[index] * queryNorm : 0
            let distance = arithmetic.distance(sum: sum, norms: norms)
            if best.offer(Neighbor(id: id, row: firstRow + index, distance: distance)) {
                limit = arithmetic.sumLimit(cutoff: best.cutoff)
            }
        }
    }
}

extension FlatScan {
    /// Brute force over the allowed rows only. Each is measured separately, which pays off if they are few.
    ///
    /// Parameters, result and errors are those of ``search(_:k:metric:dimension:rows:ids:options:)``.
    public static func search(
        _ queries: Span<Float>, k: Int, metric: Metric, dimension: Int, rows: RawSpan, ids: Span<Int64>,
        allowed: RowFilter
    ) throws -> [NeighborList] {
        let count = try SearchInput.check(queries: queries, k: k, rows: rows, ids: ids, dimension: dimension)
        let arithmetic = try MetricArithmetic(metric)
        return (0..<count).map { query in
            nearest(
                to: queries.extracting(query * dimension..<(query + 1) * dimension), k: k, arithmetic: arithmetic,
                rows: rows, ids: ids, allowed: allowed)
        }
    }
}
