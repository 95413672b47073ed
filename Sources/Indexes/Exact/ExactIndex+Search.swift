internal import Dispatch
internal import Kernels
public import SosiaCore
internal import Synchronization

extension ExactIndex {
    /// Prefix codes of so many bytes stay in the second-level cache while all queries of a group pass over them.
    private static let chunkBytes = 128 << 10
    /// Queries whose bounds are formed together.
    private static let queriesAtOnce = 8

    /// Queries are worked on in groups; every answer equals brute force.
    public func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, options: ExactSearchOptions
    ) throws -> [NeighborList] {
        let count = try SearchInput.check(queries: queries, k: k, rows: rows, ids: ids, dimension: dimension)
        guard ids.count >= rowCount else { throw IndexError.missingRows(got: ids.count, covered: rowCount) }
        try verification?.check()
        let arithmetic = try MetricArithmetic(metric)
        let groups = (count + Self.queriesAtOnce - 1) / Self.queriesAtOnce
        let threads = min(options.threads, groups)
        guard threads > 1 else {
            return (0..<groups).flatMap {
                group($0, of: queries, count: count, k: k, rows: rows, ids: ids, arithmetic: arithmetic)
            }
        }
        let results = Mutex([[NeighborList]](repeating: [], count: groups))
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < groups else { return }
                let lists = group(
                    index, of: queries, count: count, k: k, rows: rows, ids: ids, arithmetic: arithmetic)
                results.withLock { $0[index] = lists }
            }
        }
        return results.withLock { $0.flatMap(\.self) }
    }

    private func group(
        _ index: Int, of queries: Span<Float>, count: Int, k: Int, rows: RawSpan, ids: Span<Int64>,
        arithmetic: MetricArithmetic
    ) -> [NeighborList] {
        let first = index * Self.queriesAtOnce
        let last = min(first + Self.queriesAtOnce, count)
        return searchGroup(
            queries.extracting(first * dimension..<last * dimension), count: last - first, k: k, rows: rows, ids: ids,
            arithmetic: arithmetic)
    }

    private func searchGroup(
        _ queries: Span<Float>, count: Int, k: Int, rows: RawSpan, ids: Span<Int64>, arithmetic: MetricArithmetic
    ) -> [NeighborList] {
        let padded = segments.reduce(0) { $0 + $1.blockCount * CodeLayout.blockRows }
        var prepared: [ExactQuery?] = []
        var scratches: [Scratch] = []
        for query in 0..<count {
            let vector = queries.extracting(query * dimension..<(query + 1) * dimension)
            let exact = ExactQuery(CodeLayout.floats(vector.bytes), model: model)
            prepared.append(exact)
            scratches.append(exact == nil ? Scratch() : scratch.take(padded))
        }
        scan(prepared, into: &scratches)
        var lists: [NeighborList] = []
        lists.reserveCapacity(count)
        for query in 0..<count {
            guard let exact = prepared[query] else {
                let vector = queries.extracting(query * dimension..<(query + 1) * dimension)
                let best = FlatScan.nearest(
                    to: vector, queryCount: 1, k: k, arithmetic: arithmetic, dimension: dimension, rows: rows,
                    ids: ids, range: 0..<ids.count, threads: 1)
                lists.append(
                    NeighborList(neighbors: best[0].sorted(), scanned: ids.count, measured: ids.count))
                continue
            }
            var selection = ExactSelection(
                query: exact, k: k, arithmetic: arithmetic, dimension: dimension)
            var arrays = Scratch()
            swap(&arrays, &scratches[query])
            selection.run(segments: segments, scratch: &arrays, rows: rows, ids: ids)
            lists.append(selection.list(scanned: ids.count))
            scratch.give(arrays)
        }
        return lists
    }

    /// Prefix bounds of all rows for all queries of a group, chunk by chunk.
    private func scan(_ queries: [ExactQuery?], into scratches: inout [Scratch]) {
        let blockBytes = CodeLayout.blockBytes(prefix: model.prefix)
        let blocksAtOnce = max(1, Self.chunkBytes / blockBytes)
        var start = 0
        for segment in segments {
            segment.withCodes { prefix, _, _ in
                for first in stride(from: 0, to: segment.blockCount, by: blocksAtOnce) {
                    let last = min(first + blocksAtOnce, segment.blockCount)
                    let chunk = prefix.extracting(first * blockBytes..<last * blockBytes)
                    for (index, query) in queries.enumerated() {
                        guard let query else { continue }
                        scratches[index].scanPrefix(
                            query.prefix, blocks: chunk, first: start + first * CodeLayout.blockRows)
                    }
                }
            }
            start += segment.blockCount * CodeLayout.blockRows
        }
    }
}
