internal import DequeModule
internal import Dispatch
internal import Synchronization

/// Runs long computations on its own threads, so that they do not block those of the concurrency runtime.
package final class CPUExecutor: TaskExecutor {
    private struct State {
        var waiting = Deque<UnownedJob>()
        var running = 0
    }

    /// For tasks that wait for the disk now and then, and for moments only, as the requests of a server do.
    package static let requests = CPUExecutor(label: "sosia.requests")

    private let queue: DispatchQueue
    private let width: Int
    private let state = Mutex(State())

    /// - Parameter width: how many jobs run at once; the others wait, first come, first served.
    package init(label: String, width: Int = .max) {
        queue = DispatchQueue(label: label, attributes: .concurrent)
        self.width = width
    }

    /// Runs `body` on this executor; the caller continues on its own.
    package func run<Value: Sendable>(_ body: sending () async throws -> Value) async throws -> Value {
        try await withTaskExecutorPreference(self) { try await body() }
    }

    /// The same for what takes a moment: a task on ``requests`` stays where it is, because changing threads twice would
    /// take as long.
    package func runBriefly<Value: Sendable>(_ body: @Sendable () throws -> Value) async throws -> Value {
        let isWaiting = withUnsafeCurrentTask { task in
            task?.unownedTaskExecutor == Self.requests.asUnownedTaskExecutor()
        }
        return isWaiting ? try body() : try await run { try body() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isNext = state.withLock { state in
            guard state.running < width else {
                // From here on another thread can take the job, and its end may be the end of this executor.
                state.waiting.append(job)
                return false
            }
            state.running += 1
            return true
        }
        // Not in the lock, which the thread that begins would meet held.
        if isNext { queue.async { self.work(on: job) } }
    }

    private func work(on first: UnownedJob) {
        var job: UnownedJob? = first
        while let current = job {
            current.runSynchronously(on: asUnownedTaskExecutor())
            job = next()
        }
    }

    private func next() -> UnownedJob? {
        state.withLock { state in
            let job = state.waiting.popFirst()
            if job == nil { state.running -= 1 }
            return job
        }
    }
}

/// Runs an actor that waits for the disk on its own thread, so that it does not block those of the concurrency runtime.
package final class SerialCPUExecutor: SerialExecutor {
    private let queue: DispatchQueue

    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
