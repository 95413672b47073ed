internal import Synchronization

/// A fixed number of workers, on their own threads, that each take the next piece of work.
package enum WorkerPool {
    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)

        func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
    }

    /// Calls `body` once with each number in `0..<count`, `jobs` at a time, until the first error.
    package static func run(
        count: Int, jobs: Int, label: String, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let counter = Counter()
        let executor = CPUExecutor(label: label)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(max(jobs, 1), max(count, 1)) {
                group.addTask(executorPreference: executor) {
                    while true {
                        try Task.checkCancellation()
                        let index = counter.next()
                        guard index < count else { return }
                        try await body(index)
                    }
                }
            }
            // Unlike `waitForAll()` this leaves, and so cancels the others, at the first error.
            while try await group.next() != nil {}
        }
    }
}
