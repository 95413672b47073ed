import Foundation
import Kernels
import Synchronization

extension TinyImageFile {
    /// Distances that a thread keeps at once, at most: with thousands of queries fewer records are taken at a time.
    private static let kept = 1 << 21

    /// The distances of all records in the order of the file, some at a time.
    /// - Parameters:
    ///   - body: gets the first position and, for each query, one squared distance a record; called in order.
    ///   - progress: called now and then.
    /// - Throws: `FileError`, `CancellationError`, what `body` throws.
    public func distances(
        to queries: [TinyImage], threads: Int = TinySearchOptions.threads.standard,
        progress: @Sendable (TinySearchProgress) -> Void = { _ in },
        _ body: (_ first: Int, _ distances: [[UInt32]]) throws -> Void
    ) throws {
        guard !queries.isEmpty else { return }
        let kernels = ByteKernels.current
        let prepared = kernels.prepare(queries.map(\.bytes))
        let threads = max(threads, 1)
        let window = max(min(Self.window, Self.kept / queries.count / 32 * 32), 32)
        let step = threads * window
        // Each is used by one thread at a time, that of its number.
        let readers = (0..<threads).map { _ in RecordReader(self, window: window) }
        for start in stride(from: 0, to: count, by: step) {
            try Task.checkCancellation()
            prefetch(start + step..<start + 2 * step)
            let parts = Mutex<[Int: Result<[[UInt32]], any Error>]>([:])
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                let first = start + thread * window
                let positions = min(first, count)..<min(first + window, count)
                let part = Result {
                    var sums = [UInt32](repeating: 0, count: queries.count * positions.count)
                    try readers[thread].withRecords(positions) { rows in
                        var out = sums.mutableSpan
                        kernels.squaredL2(prepared, rows: rows, into: &out)
                    }
                    return queries.indices.map {
                        Array(sums[$0 * positions.count..<($0 + 1) * positions.count])
                    }
                }
                parts.withLock { $0[thread] = part }
            }
            for thread in 0..<threads where start + thread * window < count {
                guard let part = parts.withLock({ $0.removeValue(forKey: thread) }) else { continue }
                try body(start + thread * window, part.get())
            }
            progress(
                TinySearchProgress(
                    done: min(start + step, count) * TinyImage.byteCount, total: count * TinyImage.byteCount))
        }
    }
}
