internal import Dispatch

/// Runs an actor that waits for the disk on a thread of its own, so that it does not take one of those on which
/// everything else waits.
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
