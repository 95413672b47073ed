import DequeModule
import Synchronization

/// How much work is admitted at once.
public struct AdmissionOptions: Hashable, Sendable {
    public static let minimumRunning = 1
    public static let maximumRunning = 1_024

    public static let minimumWaiting = 0
    public static let defaultWaiting = 64
    public static let maximumWaiting = 100_000

    public static let minimumPatience = Duration.zero
    public static let defaultPatience = Duration.seconds(10)

    /// How many run at a time.
    public let running: Int
    /// How many more may wait for their turn.
    public let waiting: Int
    /// How long one may wait.
    public let patience: Duration

    /// Clamps values to their limits.
    public init(running: Int, waiting: Int = defaultWaiting, patience: Duration = defaultPatience) {
        self.running = min(max(running, Self.minimumRunning), Self.maximumRunning)
        self.waiting = min(max(waiting, Self.minimumWaiting), Self.maximumWaiting)
        self.patience = max(patience, Self.minimumPatience)
    }
}

/// Runs a bounded amount of work at a time, lets a bounded amount wait in order, and refuses the rest at once.
///
/// When work ends, its turn passes directly to whoever has waited longest, so that nobody overtakes.
public final class AdmissionQueue: Sendable {
    struct State {
        var running = 0
        var nextTicket: UInt64 = 0
        var waiting = Deque<Waiter>()
        var pace = Pace()
        /// Whether a task watches for waiters whose deadline passes.
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

    /// How many are running and waiting now.
    public var load: (running: Int, waiting: Int) { state.withLock { ($0.running, $0.waiting.count) } }

    /// Does the work when its turn comes.
    /// - Throws: ``Overload`` if too many are waiting, or the turn did not come in time; `CancellationError` if the task
    ///   was cancelled while waiting; whatever the work throws.
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
            // The turn changes hands; `running` stays the same.
            return state.waiting.removeFirst()
        }
        next?.turn.resume()
    }
}

extension AdmissionQueue {
    /// Returns when the caller may run.
    func enter() async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { turn in
                // Outside the lock: resuming may run the waiter at once.
                lineUp(ticket, turn).map { turn.resume(with: $0) }
            }
        } onCancel: {
            cancel(ticket)
        }
    }

    /// - Returns: nil if the caller now waits.
    private func lineUp(
        _ ticket: UInt64, _ turn: CheckedContinuation<Void, any Error>
    ) -> Result<Void, any Error>? {
        state.withLock { state in
            // Under the lock: an earlier cancellation is seen here, a later one finds the waiter.
            if Task.isCancelled { return .failure(CancellationError()) }
            if state.running < options.running {
                state.running += 1
                return .success(())
            }
            guard state.waiting.count < options.waiting else {
                return .failure(overload(state))
            }
            state.waiting.append(Waiter(ticket: ticket, turn: turn, deadline: clock.now + options.patience))
            if !state.isWatched {
                state.isWatched = true
                Task { [weak self] in
                    while let deadline = self?.turnAwayLate() {
                        try? await Task.sleep(until: deadline, clock: .continuous)
                    }
                }
            }
            return nil
        }
    }

    /// Does nothing if the turn has come already.
    private func cancel(_ ticket: UInt64) {
        let leaving = state.withLock { state in
            state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
        }
        leaving?.turn.resume(throwing: CancellationError())
    }

    /// Refuses those who have waited too long.
    ///
    /// One task does this for all waiters: their patience is equal, so deadlines are in order. A sleep for each waiter
    /// would stay with the system until its time is up, even after cancellation.
    /// - Returns: when to look again; nil if nobody waits.
    private func turnAwayLate() -> ContinuousClock.Instant? {
        let now = clock.now
        let (late, reason, next) = state.withLock { state -> ([Waiter], Overload, ContinuousClock.Instant?) in
            let late = Array(state.waiting.prefix { $0.deadline <= now })
            state.waiting.removeFirst(late.count)
            state.isWatched = !state.waiting.isEmpty
            return (late, overload(state), state.waiting.first?.deadline)
        }
        for waiter in late { waiter.turn.resume(throwing: reason) }
        return next
    }

    private func overload(_ state: State) -> Overload {
        Overload(retryAfter: state.pace.seconds(for: state.waiting.count + 1, at: options.running))
    }
}

/// How long a piece of work has taken lately.
struct Pace {
    /// Weight of the newest piece in the moving average: about the last dozen count.
    private static let weight = 0.1
    static let seconds = 1...60

    private var mean: Double?

    mutating func add(_ duration: Duration) {
        let seconds = duration / .seconds(1)
        mean = mean.map { $0 + (seconds - $0) * Self.weight } ?? seconds
    }

    /// Whole seconds until `pieces` are done, `running` at a time.
    func seconds(for pieces: Int, at running: Int) -> Int {
        let estimate = (mean ?? 0) * Double(pieces) / Double(running)
        let limited = min(estimate.rounded(.up), Double(Self.seconds.upperBound))
        return max(Int(limited), Self.seconds.lowerBound)
    }
}

/// There is more work than can be admitted: try again later.
public struct Overload: Error, Hashable, Sendable, CustomStringConvertible {
    /// Seconds after which a retry is likely to succeed, at least 1: the header `Retry-After`.
    public let retryAfter: Int

    public var description: String { "too much to do at the moment; try again in \(retryAfter) s" }
}
