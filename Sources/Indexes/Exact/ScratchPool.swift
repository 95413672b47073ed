internal import Kernels
internal import Synchronization

/// The arrays of one search in progress. Reusing them spares the system from clearing new pages each time.
struct Scratch: Sendable {
    /// Prefix bounds of rows.
    var bounds: [Float] = []
    /// Projections of rows on prefix codes.
    var projections: [Float] = []
    /// Rows of a segment to examine more closely; the arrays below have one value for each.
    var candidates: [UInt32] = []
    /// Projections on prefix codes.
    var prefix: [Float] = []
    /// Projections on middle codes.
    var middle: [Float] = []
    var candidateBounds: [Float] = []

    mutating func reserve(bounds boundCount: Int, candidates count: Int) {
        if bounds.count < boundCount {
            bounds = [Float](repeating: 0, count: boundCount)
            projections = bounds
        }
        guard candidates.count < count else { return }
        candidates = [UInt32](repeating: 0, count: count)
        prefix = [Float](repeating: 0, count: count)
        (middle, candidateBounds) = (prefix, prefix)
    }
}

extension Scratch {
    /// Computes prefix bounds and projections of all rows of a chunk, from `position` on, `stride` values apart for each
    /// query.
    mutating func scan(
        _ chunk: CodeChunk, of segment: CodeSegment, queries: [PrefixQuery], at position: Int, stride: Int
    ) {
        guard let first = queries.first else { return }
        let blockBytes = CodeLayout.blockBytes(prefix: first.values.count)
        let range = chunk.blocks.lowerBound * blockBytes..<chunk.blocks.upperBound * blockBytes
        segment.withCodes { codes, _, _, _ in
            var (lower, along) = (take(&bounds), take(&projections))
            var boundsOut = lower.mutableSpan
            var projectionsOut = along.mutableSpan
            CodeKernels.current.scanPrefix(
                queries, blocks: codes.extracting(range), first: position, stride: stride, bounds: &boundsOut,
                projections: &projectionsOut)
            (bounds, projections) = (lower, along)
        }
    }

    /// Makes candidates of the rows that prefix bounds do not exclude, numbered from `base`.
    /// - Returns: how many there are.
    mutating func select(_ range: Range<Int>, limit: Float, base: UInt32) -> Int {
        var (list, along) = (take(&candidates), take(&prefix))
        var out = list.mutableSpan
        var alongOut = along.mutableSpan
        let count = CodeKernels.current.select(
            bounds.span.extracting(range), companions: projections.span.extracting(range), limit: limit, base: base,
            into: &out, &alongOut)
        (candidates, prefix) = (list, along)
        return count
    }

    /// Drops unwanted ones of the first `count` candidates.
    mutating func filter(_ count: Int, isWanted: (Int) -> Bool) -> Int {
        var left = 0
        for index in 0..<count where isWanted(Int(candidates[index])) {
            candidates[left] = candidates[index]
            prefix[left] = prefix[index]
            left += 1
        }
        return left
    }

    /// Drops those of the first `count` candidates that middle bounds exclude.
    /// - Returns: how many are left.
    mutating func boundMiddle(_ query: MiddleQuery, rows: RawSpan, count: Int, limit: Float) -> Int {
        var (lower, along) = (take(&candidateBounds), take(&middle))
        var lowerOut = lower.mutableSpan
        var alongOut = along.mutableSpan
        CodeKernels.current.boundMiddle(
            query, rows: rows, candidates: candidates.span.extracting(0..<count),
            prefix: prefix.span.extracting(0..<count), bounds: &lowerOut, projections: &alongOut)
        (candidateBounds, middle) = (lower, along)
        return keep(count, limit: limit)
    }

    /// Computes bounds of the first `count` candidates from coarse codes or, with `fine`, from full ones.
    mutating func boundFull(_ query: FullQuery, coarse: RawSpan, fine: RawSpan?, count: Int) {
        var lower = take(&candidateBounds)
        var out = lower.mutableSpan
        CodeKernels.current.boundFull(
            query, coarse: coarse, fine: fine, candidates: candidates.span.extracting(0..<count),
            prefix: prefix.span.extracting(0..<count), middle: middle.span.extracting(0..<count), bounds: &out)
        candidateBounds = lower
    }

    /// Drops those of the first `count` candidates whose bounds exclude them.
    /// - Returns: how many are left.
    mutating func keep(_ count: Int, limit: Float) -> Int {
        var (list, ahead, along) = (take(&candidates), take(&prefix), take(&middle))
        var listOut = list.mutableSpan
        var aheadOut = ahead.mutableSpan
        var alongOut = along.mutableSpan
        let left = CodeKernels.current.keep(
            candidateBounds.span.extracting(0..<count), limit: limit, candidates: &listOut, &aheadOut, &alongOut)
        (candidates, prefix, middle) = (list, ahead, along)
        return left
    }
}

/// Moves an array out of its variable, so that it can be written without a copy while others are read.
private func take<Element>(_ array: inout [Element]) -> [Element] {
    var taken: [Element] = []
    swap(&taken, &array)
    return taken
}

/// Scratch arrays that no search is using. Can be used from any thread.
final class ScratchPool: Sendable {
    private static let kept = 16
    private let free = Mutex<[Scratch]>([])

    func take(bounds: Int, candidates: Int) -> Scratch {
        var scratch = free.withLock { $0.popLast() } ?? Scratch()
        scratch.reserve(bounds: bounds, candidates: candidates)
        return scratch
    }

    func give(_ scratch: consuming Scratch) {
        let returned = scratch
        free.withLock { list in
            if list.count < Self.kept { list.append(returned) }
        }
    }
}
