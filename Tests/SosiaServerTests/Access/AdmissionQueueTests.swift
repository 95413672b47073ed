import Synchronization
import Testing

@testable import SosiaServer

@Suite(.timeLimit(.minutes(10)))
struct AdmissionQueueTests {
    /// Work that goes on until it is told to stop.
    private final class Gate: Sendable {
        private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

        func open() { continuation.finish() }

        func pass() async { for await _ in stream {} }
    }

    private final class Tally: Sendable {
        private let state = Mutex((now: 0, most: 0, done: 0))

        var most: Int { state.withLock { $0.most } }
        var done: Int { state.withLock { $0.done } }

        func begin() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }

        func end() {
            state.withLock { state in
                state.now -= 1
                state.done += 1
            }
        }
    }

    private final class Order: Sendable {
        private let numbers = Mutex<[Int]>([])

        var all: [Int] { numbers.withLock { $0 } }

        func note(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    private func until(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    private func isIdle(_ queue: AdmissionQueue) -> Bool { queue.load == (0, 0) }

    @Test(arguments: [1, 2, 7])
    func neverMoreThanAllowedRun(_ running: Int) async throws {
        let queue = AdmissionQueue(AdmissionOptions(running: running, waiting: 1_000, patience: .seconds(3_600)))
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    try await queue.run {
                        tally.begin()
                        await Task.yield()
                        tally.end()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.most <= running)
        #expect(tally.done == 500)
        #expect(isIdle(queue))
    }

    @Test func thoseWhoWaitComeInOrder() async throws {
        let queue = AdmissionQueue(AdmissionOptions(running: 1, waiting: 100, patience: .seconds(3_600)))
        let gate = Gate()
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await queue.run { await gate.pass() } }
            try await until { queue.load.running == 1 }
            for number in 0..<50 {
                group.addTask { try await queue.run { order.note(number) } }
                try await until { queue.load.waiting == number + 1 }
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(order.all == Array(0..<50))
    }

    @Test func whoFindsTheQueueFullIsTurnedAway() async throws {
        let queue = AdmissionQueue(AdmissionOptions(running: 1, waiting: 1, patience: .seconds(3_600)))
        let gate = Gate()
        async let first: Void = queue.run { await gate.pass() }
        try await until { queue.load.running == 1 }
        async let second: Void = queue.run {}
        try await until { queue.load.waiting == 1 }
        let overload = await #expect(throws: Overload.self) { try await queue.run {} }
        #expect((1...60).contains(overload?.retryAfter ?? 0))
        gate.open()
        _ = try await (first, second)
        #expect(isIdle(queue))
        try await queue.run {}
    }

    @Test func withoutAQueueNobodyWaits() async throws {
        let queue = AdmissionQueue(AdmissionOptions(running: 1, waiting: 0))
        let gate = Gate()
        async let first: Void = queue.run { await gate.pass() }
        try await until { queue.load.running == 1 }
        await #expect(throws: Overload.self) { try await queue.run {} }
        gate.open()
        try await first
    }

    @Test func nobodyWaitsForEver() async throws {
        let queue = AdmissionQueue(AdmissionOptions(running: 1, waiting: 10, patience: .milliseconds(30)))
        let gate = Gate()
        async let first: Void = queue.run { await gate.pass() }
        try await until { queue.load.running == 1 }
        await #expect(throws: Overload.self) { try await queue.run { _ = Issue.record("it ran") } }
        #expect(queue.load == (1, 0))
        gate.open()
        try await first
        #expect(isIdle(queue))
    }

    @Test func errorsAndCancellationsGiveTheirPlacesBack() async throws {
        struct Broken: Error {}
        let queue = AdmissionQueue(AdmissionOptions(running: 1, waiting: 10, patience: .seconds(3_600)))
        await #expect(throws: Broken.self) { try await queue.run { throw Broken() } }
        let gate = Gate()
        async let first: Void = queue.run { await gate.pass() }
        try await until { queue.load.running == 1 }
        let waiting = Task { try await queue.run { _ = Issue.record("it ran") } }
        try await until { queue.load.waiting == 1 }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(queue.load == (1, 0))
        gate.open()
        try await first
        #expect(isIdle(queue))
    }

    @Test func whoComesCancelledDoesNotRun() async throws {
        let queue = AdmissionQueue(AdmissionOptions(running: 1))
        let gate = Gate()
        let task = Task {
            await gate.pass()
            try await queue.run { _ = Issue.record("it ran") }
        }
        task.cancel()
        gate.open()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(isIdle(queue))
    }

    /// Cancellations, errors, impatience and success at every possible moment: afterwards all places are free.
    @Test(arguments: 0..<4)
    func noPlaceIsLost(_ seed: Int) async throws {
        struct Broken: Error {}
        let queue = AdmissionQueue(AdmissionOptions(running: 3, waiting: 40, patience: .milliseconds(5)))
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2_000 {
                let task = Task {
                    try await queue.run {
                        tally.begin()
                        defer { tally.end() }
                        if number % 5 == 0 { try await Task.sleep(for: .microseconds(number % 700)) }
                        if number % 7 == 0 { throw Broken() }
                        await Task.yield()
                    }
                }
                group.addTask { _ = await task.result }
                if (number + seed) % 3 == 0 { group.addTask { task.cancel() } }
                if number % 50 == 0 { await Task.yield() }
            }
        }
        #expect(tally.most <= 3)
        #expect(isIdle(queue))
        // Each of the places can still be taken.
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { try await queue.run { await gate.pass() } } }
            try await until { queue.load.running == 3 }
            gate.open()
            try await group.waitForAll()
        }
    }

    @Test func thePaceTellsWhenToComeBack() {
        var pace = Pace()
        #expect(pace.seconds(for: 100, at: 1) == 1)
        for _ in 0..<200 { pace.add(.seconds(2)) }
        #expect(pace.seconds(for: 1, at: 1) == 2)
        #expect(pace.seconds(for: 10, at: 2) == 10)
        #expect(pace.seconds(for: 1_000_000, at: 1) == 60)
        pace.add(.seconds(100_000_000))
        #expect(pace.seconds(for: .max, at: 1) == 60)
    }
}
