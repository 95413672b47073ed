import DequeModule
internal import Synchronization

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
