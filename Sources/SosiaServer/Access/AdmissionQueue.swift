import Synchronization

/// How much work is let in at once.
public struct AdmissionOptions: Hashable, Sendable {
    public static let minimumRunning = 1
    public static let maximumRunning = 1_024
    public static let minimumWaiting = 0
    public static let defaultWaiting = 64
    public static let maximumWaiting = 100_000
    public static let defaultPatience = Duration.seconds(10)

    /// So many run at a time.
    public let running: Int
    /// So many more wait for their turn.
    public let waiting: Int
    /// None waits longer than that.
    public let patience: Duration

    /// Values outside the limits are brought to the nearest.
    public init(
        running: Int, waiting: Int = defaultWaiting, patience: Duration = defaultPatience
    ) {
        self.running = min(max(running, Self.minimumRunning), Self.maximumRunning)
        self.waiting = min(max(waiting, Self.minimumWaiting), Self.maximumWaiting)
        self.patience = max(patience, .zero)
    }
}

/// Lets a bounded amount of work run at a time, lets a bounded amount wait, in order, and turns the rest away at once.
///
/// A place that becomes free is handed to the one who has waited longest, so that nobody who comes later overtakes.
public final class AdmissionQueue: Sendable {
    struct State {
        var running = 0
        var nextTicket: UInt64 = 0
        var waiting: [Waiter] = []
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

extension AdmissionQueue {
    /// Returns when the caller holds a place.
    func enter() async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { turn in
                // Outside the lock: a continuation may run at once what waits for it.
                lineUp(ticket, turn).map { turn.resume(with: $0) }
            }
        } onCancel: {
            cancel(ticket)
        }
    }

    /// - Returns: nil for one that waits now.
    private func lineUp(
        _ ticket: UInt64, _ turn: CheckedContinuation<Void, any Error>
    ) -> Result<Void, any Error>? {
        state.withLock { state in
            // Under the lock: a cancellation after this finds the waiter, one before it is seen here.
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

    /// Does nothing when the turn has come already.
    private func cancel(_ ticket: UInt64) {
        let leaving = state.withLock { state in
            state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
        }
        leaving?.turn.resume(throwing: CancellationError())
    }

    /// Turns those away who have waited too long.
    ///
    /// One task calls this for all: all wait equally long, so that their deadlines are in order, and a sleep of each,
    /// cancelled when its turn comes, would stay with the system until its time is over.
    /// - Returns: when to look again; nil when nobody waits.
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

/// How long a piece of work takes, lately.
struct Pace {
    /// The newest piece's share of the mean: the last dozen or so count.
    private static let weight = 0.1
    static let seconds = 1...60

    private var mean: Double?

    mutating func add(_ duration: Duration) {
        let seconds = duration / .seconds(1)
        mean = mean.map { $0 + (seconds - $0) * Self.weight } ?? seconds
    }

    /// Whole seconds until so many pieces are done by so many at a time.
    func seconds(for pieces: Int, at running: Int) -> Int {
        let estimate = (mean ?? 0) * Double(pieces) / Double(running)
        let limited = min(estimate.rounded(.up), Double(Self.seconds.upperBound))
        return max(Int(limited), Self.seconds.lowerBound)
    }
}

/// There is more work than is let in: try again later.
public struct Overload: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whole seconds after which a new try is likely to succeed, at least 1: for the header `Retry-After`.
    public let retryAfter: Int

    public var description: String { "too much to do at the moment; try again in \(retryAfter) s" }
}
