internal import Dispatch
internal import Kernels
public import SosiaCore
internal import Synchronization

extension ExactIndex {
    /// The size of a chunk of prefix codes, which fits the caches together with the other codes of its rows while all
    /// queries of a group scan it.
    private static let groupChunkBytes = 192 << 10
    /// A single query uses larger chunks; its cutoff falls after each.
    private static let singleChunkBytes = 768 << 10
    /// Queries that scan the codes together.
    private static let queriesAtOnce = 256
    /// Queries whose prefix bounds are computed together.
    private static let tile = 4

    /// Searches for groups of queries; every answer equals brute force.
    public func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, options: ExactSearchOptions
    ) throws -> [NeighborList] {
        try search(queries, k: k, rows: rows, ids: ids, allowed: nil, options: options)
    }

    /// Where less has to be read for the floats of the allowed rows than for the prefix codes of all rows, those are
    /// measured without a look at the codes.
    public func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?,
        options: ExactSearchOptions
    ) throws -> [NeighborList] {
        let count = try SearchInput.check(queries: queries, k: k, rows: rows, ids: ids, dimension: dimension)
        guard ids.count >= rowCount else { throw IndexError.missingRows(got: ids.count, covered: rowCount) }
        try verification?.check()
        let arithmetic = try MetricArithmetic(metric)
        let size = max(1, min(Self.queriesAtOnce, (count + options.threads - 1) / options.threads))
        let groups = (count + size - 1) / size
        let threads = min(options.threads, groups)
        guard threads > 1 else {
            return (0..<groups).flatMap {
                searchGroup(
                    queries.extracting(part($0, of: count, size: size)), k: k, rows: rows, ids: ids, allowed: allowed,
                    arithmetic: arithmetic)
            }
        }
        let results = Mutex([[NeighborList]](repeating: [], count: groups))
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < groups else { return }
                let lists = searchGroup(
                    queries.extracting(part(index, of: count, size: size)), k: k, rows: rows, ids: ids,
                    allowed: allowed, arithmetic: arithmetic)
                results.withLock { $0[index] = lists }
            }
        }
        return results.withLock { $0.flatMap(\.self) }
    }

    /// The range of one group's values among all queries.
    private func part(_ group: Int, of count: Int, size: Int) -> Range<Int> {
        group * size * dimension..<min((group + 1) * size, count) * dimension
    }

    private func searchGroup(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?,
        arithmetic: MetricArithmetic
    ) -> [NeighborList] {
        let count = queries.count / dimension
        if let allowed, isCheaper(toMeasure: allowed) {
            return (0..<count).map {
                let query = queries.extracting($0 * dimension..<($0 + 1) * dimension)
                return FlatScan.nearest(
                    to: query, k: k, arithmetic: arithmetic, rows: rows, ids: ids, allowed: allowed)
            }
        }
        let prepared = ExactQuery.prepare(queries, model: model)
        var selections = prepared.compactMap { query in
            query.map {
                ExactSelection(query: $0, k: k, arithmetic: arithmetic, dimension: dimension, allowed: allowed)
            }
        }
        scan(&selections, rows: rows, ids: ids)
        var served = selections.makeIterator()
        return prepared.indices.compactMap { index in
            if prepared[index] != nil { return served.next()?.list(scanned: ids.count) }
            let query = queries.extracting(index * dimension..<(index + 1) * dimension)
            let masked = allowed?.masking(ids) ?? []
            let best = FlatScan.nearest(
                to: query, queryCount: 1, k: k, arithmetic: arithmetic, dimension: dimension, rows: rows,
                ids: allowed == nil ? ids : masked.span, range: 0..<ids.count, threads: 1)
            return NeighborList(neighbors: best[0].sorted(), scanned: ids.count, measured: ids.count)
        }
    }

    private func isCheaper(toMeasure allowed: RowFilter) -> Bool {
        let codeBytes = CodeLayout.blockBytes(prefix: model.prefix) / CodeLayout.blockRows
        return allowed.count * dimension * MemoryLayout<Float>.size <= rowCount * codeBytes
    }

    /// Scans the prefix codes twice: for seeds, then for the rest. A single query keeps the bounds of the first pass; a
    /// group computes them again, which is cheaper than moving them through memory.
    private func scan(_ selections: inout [ExactSelection], rows: RawSpan, ids: Span<Int64>) {
        let isSingle = selections.count == 1
        let blockBytes = CodeLayout.blockBytes(prefix: model.prefix)
        let chunkBlocks = max(1, (isSingle ? Self.singleChunkBytes : Self.groupChunkBytes) / blockBytes)
        let chunkRows = chunkBlocks * CodeLayout.blockRows
        let chunks = CodeChunk.chunks(of: segments, blocksAtOnce: chunkBlocks)
        var arrays = scratch.take(
            bounds: isSingle ? (chunks.last?.firstBound ?? 0) + chunkRows : Self.tile * chunkRows,
            candidates: chunkRows)
        defer { scratch.give(arrays) }
        let tiles = stride(from: 0, to: selections.count, by: Self.tile).map {
            $0..<min($0 + Self.tile, selections.count)
        }
        let queries = tiles.map { selections[$0].map(\.query.prefix) }
        for chunk in chunks {
            let position = isSingle ? chunk.firstBound : 0
            for (tile, range) in tiles.enumerated() {
                arrays.scan(
                    chunk, of: segments[chunk.segment], queries: queries[tile], at: position, stride: chunkRows)
                for index in range {
                    selections[index].collect(
                        chunk, at: position + (index - range.lowerBound) * chunkRows, scratch: &arrays, ids: ids)
                }
            }
        }
        for index in selections.indices {
            selections[index].measureSeeds(segments: segments, scratch: &arrays, rows: rows, ids: ids)
        }
        for chunk in chunks {
            let position = isSingle ? chunk.firstBound : 0
            for (tile, range) in tiles.enumerated() {
                if !isSingle {
                    arrays.scan(
                        chunk, of: segments[chunk.segment], queries: queries[tile], at: position, stride: chunkRows)
                }
                for index in range {
                    selections[index].measure(
                        chunk, of: segments[chunk.segment], at: position + (index - range.lowerBound) * chunkRows,
                        scratch: &arrays, rows: rows, ids: ids)
                }
            }
        }
        for index in selections.indices {
            selections[index].measure(rowCount..<ids.count, rows: rows, ids: ids)
        }
    }
}
