internal import Kernels
public import SosiaCore
internal import Synchronization

extension GraphIndex {
    /// Walks the graph for each query and measures the best candidates in float.
    public func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, options: GraphSearchOptions
    ) throws -> [NeighborList] {
        try search(queries, k: k, rows: rows, ids: ids, allowed: nil, options: options)
    }

    /// The fewer rows are allowed, the wider the walk; if scanning the codes of all allowed rows is cheaper, they are
    /// scanned instead, and `NeighborList.scanned` is their number.
    public func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?,
        options: GraphSearchOptions
    ) throws -> [NeighborList] {
        let count = try SearchInput.check(queries: queries, k: k, rows: rows, ids: ids, dimension: dimension)
        guard ids.count >= rowCount else { throw IndexError.missingRows(got: ids.count, covered: rowCount) }
        try verification?.check()
        let arithmetic = try MetricArithmetic(metric)
        return concurrentMap(count, threads: options.threads) { index in
            let vector = CodeLayout.floats(
                queries.extracting(index * dimension..<(index + 1) * dimension).bytes)
            return searchOne(
                vector, k: k, rows: rows, ids: ids, allowed: allowed, arithmetic: arithmetic, options: options)
        }
    }

    private func searchOne(
        _ vector: [Float], k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?,
        arithmetic: MetricArithmetic, options: GraphSearchOptions
    ) -> NeighborList {
        guard let query = model.query(vector, layout: storage.layout) else {
            let masked = allowed?.masking(ids) ?? []
            let best = FlatScan.nearest(
                to: vector.span, queryCount: 1, k: k, arithmetic: arithmetic, dimension: dimension, rows: rows,
                ids: allowed == nil ? ids : masked.span, range: 0..<ids.count, threads: 1)
            return NeighborList(neighbors: best[0].sorted(), scanned: ids.count, measured: ids.count)
        }
        let wanted = options.rerankCount(k: k)
        let plan = GraphPlan(index: self, allowed: allowed, effort: max(options.effort, wanted), wanted: wanted)
        let found = scratch.with { scratch in
            storage.withView { plan.candidates(query, graph: $0, ids: ids, scratch: &scratch) }
        }
        var head = GraphHead(vector: vector, k: k, arithmetic: arithmetic, allowed: allowed)
        head.measure(found.rows.prefix(wanted), rows: rows, ids: ids)
        head.measure(uncoded.lazy.map(Int.init), rows: rows, ids: ids)
        head.measure(rowCount..<ids.count, rows: rows, ids: ids)
        return NeighborList(
            neighbors: head.best.sorted(), scanned: found.scanned + uncoded.count + ids.count - rowCount,
            measured: head.measured)
    }
}

/// Measures rows in float and keeps the best.
struct GraphHead {
    private static let prefetchedBytes = 1024

    private let vector: [Float]
    private let arithmetic: MetricArithmetic
    private let queryNorm: Double
    private let allowed: RowFilter?
    private(set) var best: TopK
    private(set) var measured = 0

    init(vector: [Float], k: Int, arithmetic: MetricArithmetic, allowed: RowFilter?) {
        self.vector = vector
        self.allowed = allowed
        self.arithmetic = arithmetic
        best = TopK(k: k)
        queryNorm = arithmetic.needsNorms ? arithmetic.kernels.squaredNorm(vector.span) : 0
    }

    mutating func measure(_ numbers: some Sequence<Int>, rows: RawSpan, ids: Span<Int64>) {
        let bytes = vector.count * MemoryLayout<Float>.size
        var ahead = numbers.makeIterator()
        _ = ahead.next()
        for row in numbers {
            if let next = ahead.next() {
                GraphKernels.prefetch(
                    rows.extracting(next * bytes..<next * bytes + min(bytes, Self.prefetchedBytes)))
            }
            guard ids[row] != 0, allowed?.contains(row) ?? true else { continue }
            let distance = arithmetic.distance(
                vector.span, rows.extracting(row * bytes..<(row + 1) * bytes), queryNorm: queryNorm)
            measured += 1
            best.offer(Neighbor(id: ids[row], row: row, distance: distance))
        }
    }
}

/// Scratch arrays that no walk is using. Can be used from any thread.
final class GraphScratchPool: Sendable {
    private static let kept = 16
    private let free = Mutex<[GraphScratch]>([])

    func with<Result>(_ body: (inout GraphScratch) -> Result) -> Result {
        var scratch = free.withLock { $0.popLast() } ?? GraphScratch()
        let result = body(&scratch)
        let returned = scratch
        free.withLock { list in
            if list.count < Self.kept { list.append(returned) }
        }
        return result
    }
}
