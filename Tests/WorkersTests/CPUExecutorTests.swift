import Foundation
import Synchronization
import Testing
import Workers

struct CPUExecutorTests {
    private final class Gauge: Sendable {
        private let state = Mutex((now: 0, most: 0, done: 0))

        var most: Int { state.withLock { $0.most } }
        var done: Int { state.withLock { $0.done } }

        func pass() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
            Thread.sleep(forTimeInterval: 0.001)
            state.withLock { state in
                state.now -= 1
                state.done += 1
            }
        }
    }

    /// One at a time, where the runtime's own threads would be as many as there are cores.
    @Test func jobsWaitForTheirTurn() async throws {
        let (executor, gauge) = (CPUExecutor(label: "test", width: 1), Gauge())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try await executor.run { gauge.pass() } } }
            try await group.waitForAll()
        }
        #expect(gauge.most == 1)
        #expect(gauge.done == 50)
    }

    @Test func whatIsThrownArrivesAndTheNextJobRuns() async throws {
        let executor = CPUExecutor(label: "test", width: 1)
        await #expect(throws: CancellationError.self) { try await executor.run { throw CancellationError() } }
        #expect(try await executor.run { 7 } == 7)
    }
}
