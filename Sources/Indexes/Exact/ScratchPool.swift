internal import Kernels
internal import Synchronization

/// The arrays of one running search; taking them from a pool saves the system from clearing fresh pages each time.
struct Scratch: Sendable {
    var bounds: [Float] = []
    /// Projections on prefix codes, of all rows.
    var projections: [Float] = []
    var candidates: [UInt32] = []
    var selected: [UInt32] = []
    /// Of the candidates.
    var candidateBounds: [Float] = []
    var middle: [Float] = []

    /// Makes room for the rows of all segments, each segment padded to whole blocks.
    mutating func reserve(_ count: Int) {
        guard bounds.count < count else { return }
        bounds = [Float](repeating: 0, count: count)
        projections = bounds
        candidateBounds = bounds
        middle = bounds
        candidates = [UInt32](repeating: 0, count: count)
        selected = candidates
    }
}

extension Scratch {
    /// The positions of bounds that do not exclude their rows go to `candidates`, counted from `base`.
    mutating func select(_ range: Range<Int>, limit: Float, base: UInt32) -> Int {
        var list: [UInt32] = []
        swap(&list, &candidates)
        defer { swap(&list, &candidates) }
        var out = list.mutableSpan
        return CodeKernels.current.select(bounds.span.extracting(range), limit: limit, base: base, into: &out)
    }

    /// Drops those of the first `count` candidates that the middle bounds exclude.
    /// - Returns: how many are left.
    mutating func boundMiddle(
        _ query: MiddleQuery, rows: RawSpan, count: Int, start: Int, rowCount: Int, limit: Float
    ) -> Int {
        var (lower, along): ([Float], [Float]) = ([], [])
        var list: [UInt32] = []
        swap(&lower, &candidateBounds)
        swap(&along, &middle)
        swap(&list, &selected)
        defer {
            swap(&lower, &candidateBounds)
            swap(&along, &middle)
            swap(&list, &selected)
        }
        var lowerOut = lower.mutableSpan
        var alongOut = along.mutableSpan
        CodeKernels.current.boundMiddle(
            query, rows: rows, candidates: candidates.span.extracting(0..<count),
            prefix: projections.span.extracting(start..<start + rowCount), bounds: &lowerOut, projections: &alongOut)
        var listOut = list.mutableSpan
        let left = CodeKernels.current.select(
            lower.span.extracting(0..<count), limit: limit, base: 0, into: &listOut)
        for index in 0..<left {
            let position = Int(list[index])
            candidates[index] = candidates[position]
            along[index] = along[position]
        }
        return left
    }

    /// Full bounds of the first `count` candidates of a segment whose rows start at `start`.
    mutating func boundFull(_ query: FullQuery, rows: RawSpan, count: Int, start: Int, rowCount: Int) {
        var list: [Float] = []
        swap(&list, &candidateBounds)
        defer { swap(&list, &candidateBounds) }
        var out = list.mutableSpan
        CodeKernels.current.boundFull(
            query, rows: rows, candidates: candidates.span.extracting(0..<count),
            prefix: projections.span.extracting(start..<start + rowCount),
            middle: middle.span.extracting(0..<count), bounds: &out)
    }

    mutating func scanPrefix(_ query: PrefixQuery, blocks: RawSpan, first: Int) {
        var (lower, sums): ([Float], [Float]) = ([], [])
        swap(&lower, &bounds)
        swap(&sums, &projections)
        defer {
            swap(&lower, &bounds)
            swap(&sums, &projections)
        }
        var boundsOut = lower.mutableSpan
        var projectionsOut = sums.mutableSpan
        CodeKernels.current.scanPrefix(
            query, blocks: blocks, first: first, bounds: &boundsOut, projections: &projectionsOut)
    }
}

/// Scratch arrays that no search is using. Safe from any thread.
final class ScratchPool: Sendable {
    private static let kept = 16
    private let free = Mutex<[Scratch]>([])

    func take(_ count: Int) -> Scratch {
        var scratch = free.withLock { $0.popLast() } ?? Scratch()
        scratch.reserve(count)
        return scratch
    }

    func give(_ scratch: consuming Scratch) {
        let returned = scratch
        free.withLock { list in
            if list.count < Self.kept { list.append(returned) }
        }
    }
}
