internal import Synchronization

/// Does work once that several tasks request at the same time; it is cancelled when none of them waits for it any more.
package final class SharedWork<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Running {
        let task: Task<Value, any Error>
        var waiting: Set<UInt64>
    }

    private struct State {
        var running: [Key: Running] = [:]
        var nextTicket: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// - Parameter make: runs on `executor` unless the work is already running.
    package func value(
        for key: Key, on executor: any TaskExecutor, _ make: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (task, ticket) = state.withLock { state in
            state.nextTicket += 1
            let ticket = state.nextTicket
            let task = state.running[key]?.task ?? Task(executorPreference: executor) { try await make() }
            state.running[key, default: Running(task: task, waiting: [])].waiting.insert(ticket)
            return (task, ticket)
        }
        defer { leave(key, ticket) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            leave(key, ticket)
        }
    }

    /// How many tasks are waiting for it now.
    package func waiting(for key: Key) -> Int { state.withLock { $0.running[key]?.waiting.count ?? 0 } }

    private func leave(_ key: Key, _ ticket: UInt64) {
        let left = state.withLock { state -> Task<Value, any Error>? in
            guard var running = state.running[key], running.waiting.remove(ticket) != nil else { return nil }
            state.running[key] = running.waiting.isEmpty ? nil : running
            return running.waiting.isEmpty ? running.task : nil
        }
        left?.cancel()
    }
}
