import Dispatch

/// Runs an actor that waits for the disk on a thread of its own, so that it does not take one of those on which
/// everything else waits.
final class SerialCPUExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
