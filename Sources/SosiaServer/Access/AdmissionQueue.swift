import DequeModule
internal import Synchronization

/// Lets a bounded amount of work run at a time, lets a bounded amount wait, in order, and turns the rest away at once.
///
/// A place that becomes free is handed to the one who has waited longest, so that nobody who comes later overtakes.
public final class AdmissionQueue: Sendable {
    struct State {
        var running = 0
        var nextTicket: UInt64 = 0
        var waiting = Deque<Waiter>()
        var pace = Pace()
        /// Whether a task looks after those who wait too long.
        var isWatched = false
    }

    struct Waiter {
        let ticket: UInt64
        let turn: CheckedContinuation<Void, any Error>
        let deadline: ContinuousClock.Instant
    }

    public let options: AdmissionOptions
    let state = Mutex(State())
    let clock = ContinuousClock()

    public init(_ options: AdmissionOptions) {
        self.options = options
    }

    /// How many run and wait at this moment.
    public var load: (running: Int, waiting: Int) { state.withLock { ($0.running, $0.waiting.count) } }

    /// Does the work when its turn has come.
    /// - Throws: ``Overload`` when too many wait already, or the turn did not come in time; `CancellationError` when the
    ///   task was cancelled while it waited; whatever the work throws.
    public func run<Result>(
        isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
    ) async throws -> Result {
        try await enter()
        let start = clock.now
        defer { leave(after: clock.now - start) }
        return try await work()
    }

    private func leave(after duration: Duration) {
        let next = state.withLock { state -> Waiter? in
            state.pace.add(duration)
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            // The place changes hands: the number of those who run stays.
            return state.waiting.removeFirst()
        }
        next?.turn.resume()
    }
}
