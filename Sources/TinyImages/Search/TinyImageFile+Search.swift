import Foundation
import Kernels
import Synchronization

extension TinyImageFile {
    /// Records that are mapped at once; a multiple of four, so that parts begin with a page.
    static let window = 4_096
    /// Windows that are asked for before they are needed.
    private static let ahead = 4
    /// Records that are copied at once, where copying is quicker: they stay in the second-level cache.
    private static let copied = 64
    /// Distances that are kept at once, in the second-level cache.
    private static let distances = 8_192

    /// The nearest records of each query, nearest first, ties by position.
    ///
    /// Exact: what is left out is proven to be farther than the k-th nearest. As many queries share a pass over the file
    /// as the options have memory for.
    /// - Parameters:
    ///   - progress: called from several threads, now and then.
    ///   - body: gets the answers one by one, in the order of the queries.
    /// - Throws: `MappedFileError`, `CancellationError`, what `body` throws.
    public func nearest(
        to queries: [TinyImage], options: TinySearchOptions = TinySearchOptions(),
        progress: @escaping @Sendable (TinySearchProgress) -> Void = { _ in },
        _ body: (_ query: Int, _ nearest: [TinyNeighbor]) throws -> Void
    ) throws {
        let shared = options.queriesPerPass(over: count)
        let passes = (queries.count + shared - 1) / shared
        let bytes = count * TinyImage.byteCount
        for pass in 0..<passes {
            let some = pass * shared..<min((pass + 1) * shared, queries.count)
            try nearest(inOnePass: Array(queries[some]), options) { done in
                progress(TinySearchProgress(done: pass * bytes + done, total: passes * bytes))
            } _: {
                try body(some.lowerBound + $0, $1)
            }
        }
    }

    /// The nearest records of each query, all in memory.
    /// - Throws: `MappedFileError`, `CancellationError`.
    public func nearest(
        to queries: [TinyImage], options: TinySearchOptions = TinySearchOptions(),
        progress: @escaping @Sendable (TinySearchProgress) -> Void = { _ in }
    ) throws -> [[TinyNeighbor]] {
        var all: [[TinyNeighbor]] = []
        try nearest(to: queries, options: options, progress: progress) { all.append($1) }
        return all
    }

    private func nearest(
        inOnePass queries: [TinyImage], _ options: TinySearchOptions, progress: @escaping @Sendable (Int) -> Void,
        _ body: (_ query: Int, _ nearest: [TinyNeighbor]) throws -> Void
    ) throws {
        let kernels = ByteKernels.current
        let prepared = kernels.prepare(queries.map(\.bytes))
        let k = min(max(options.k, TinySearchOptions.k.minimum), count)
        let shared = SharedLimits(count: queries.count)
        let parts = try scan(threads: options.threads, progress: progress) { next in
            let reader = RecordReader(self, window: Self.window)
            var nearest = [NearestRecords](repeating: NearestRecords(k: k), count: queries.count)
            let step = max(32, Self.distances / queries.count / 32 * 32)
            var sums = [UInt32](repeating: 0, count: queries.count * step)
            func take(_ rows: RawSpan, first: Int) {
                let count = rows.byteCount / TinyImage.byteCount
                let limits = shared.exchange(nearest.map(\.limit))
                var out = sums.mutableSpan
                kernels.squaredL2(prepared, within: limits, rows: rows, into: &out)
                for query in nearest.indices {
                    nearest[query].tighten(to: limits[query])
                    nearest[query].offer(sums, from: query * count, count: count, first: first)
                }
            }
            func takeWhole(_ window: Range<Int>) throws {
                try reader.withRecords(window) { bytes in
                    for start in stride(from: 0, to: window.count, by: step) {
                        let rows = start..<min(start + step, window.count)
                        let part = rows.lowerBound * TinyImage.byteCount..<rows.upperBound * TinyImage.byteCount
                        take(bytes.extracting(part), first: window.lowerBound + start)
                    }
                }
            }
            var way = ReadingWay()
            var copy = [UInt8](repeating: 0, count: Self.copied * TinyImage.byteCount)
            while let window = next() {
                guard !reader.isUncached(window) else {
                    try takeWhole(window)
                    continue
                }
                try way.measuring { isCopied in
                    guard isCopied else { return try takeWhole(window) }
                    for start in stride(from: window.lowerBound, to: window.upperBound, by: min(step, Self.copied)) {
                        let rows = start..<min(start + min(step, Self.copied), window.upperBound)
                        try read(rows, into: &copy)
                        take(copy.span.bytes.extracting(first: rows.count * TinyImage.byteCount), first: start)
                    }
                }
            }
            return nearest
        }
        for query in queries.indices {
            var all = NearestRecords(k: k)
            for part in parts { all.merge(part[query]) }
            try body(query, all.sorted())
        }
    }

    /// Runs `body` on so many threads; each takes the next part of the file, as long as there is one.
    /// - Parameter progress: gets the number of bytes.
    private func scan<Part: Sendable>(
        threads: Int, progress: @escaping @Sendable (Int) -> Void,
        _ body: @escaping @Sendable (_ next: () -> Range<Int>?) throws -> Part
    ) throws -> [Part] {
        let threads = min(max(threads, 1), (count + Self.window - 1) / Self.window)
        let counter = Atomic<Int>(0)
        let isCancelled = Atomic(false)
        let results = Mutex<[Result<Part, any Error>]>([])
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            let result = Result {
                try body {
                    // Only the thread that the task runs on knows of the task; it is one of these.
                    if Task.isCancelled { isCancelled.store(true, ordering: .relaxed) }
                    let (number, _) = counter.add(1, ordering: .relaxed)
                    let start = number * Self.window
                    guard start < count, !isCancelled.load(ordering: .relaxed) else { return nil }
                    let reached = (number + Self.ahead) * Self.window
                    // The first one asks for those between, too.
                    prefetch(number == 0 ? Self.window..<reached + Self.window : reached..<reached + Self.window)
                    progress(start * TinyImage.byteCount)
                    return start..<min(start + Self.window, count)
                }
            }
            results.withLock { $0.append(result) }
        }
        if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
        progress(count * TinyImage.byteCount)
        return try results.withLock { try $0.map { try $0.get() } }
    }
}

/// The limits that the threads have reached, so that each can use the best.
private final class SharedLimits: Sendable {
    private let limits: Mutex<[UInt32]>

    init(count: Int) { limits = Mutex([UInt32](repeating: .max, count: count)) }

    /// Hands over a thread's own limits and returns the least of all threads.
    func exchange(_ own: [UInt32]) -> [UInt32] {
        limits.withLock { limits in
            for index in limits.indices { limits[index] = min(limits[index], own[index]) }
            return limits
        }
    }
}

extension NearestRecords {
    /// Offers the distances of records that follow each other.
    fileprivate mutating func offer(_ distances: [UInt32], from start: Int, count: Int, first position: Int) {
        for index in 0..<count where distances[start + index] <= limit {
            offer(distance: distances[start + index], position: position + index)
        }
    }
}

/// Chooses between mapping and copying a file, whichever takes less time.
///
/// What lies in the file cache in large pieces is mapped twice as fast as it is copied; in small ones, which is how
/// some of it comes from a disk, copying is faster. Which is the case can only be tried.
struct ReadingWay {
    /// Parts at the front that say nothing: nearly all of their records are among the nearest so far.
    private static let passed = 4
    /// Parts of each way that are compared.
    private static let tried = 2
    /// Parts after which both are tried again.
    private static let period = 64

    private var number = 0
    private var mapped = Duration.zero
    private var copied = Duration.zero

    /// Does one part, and takes the time.
    mutating func measuring(_ body: (_ isCopied: Bool) throws -> Void) rethrows {
        let place = number % Self.period
        number += 1
        let isTrial = place >= Self.passed && place < Self.passed + 2 * Self.tried
        if place == Self.passed { (mapped, copied) = (.zero, .zero) }
        let isCopied = isTrial ? place % 2 == 1 : copied < mapped
        let start = ContinuousClock.now
        try body(isCopied)
        guard isTrial else { return }
        if isCopied { copied += ContinuousClock.now - start } else { mapped += ContinuousClock.now - start }
    }
}
