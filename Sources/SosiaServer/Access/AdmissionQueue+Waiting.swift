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
            giveUp(ticket) { _ in CancellationError() }
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
            let timer = Task { [weak self, patience = options.patience] in
                guard (try? await Task.sleep(for: patience)) != nil, let self else { return }
                giveUp(ticket, because: overload)
            }
            state.waiting.append(Waiter(ticket: ticket, turn: turn, timer: timer))
            return nil
        }
    }

    /// Does nothing when the turn has come already.
    private func giveUp(_ ticket: UInt64, because reason: (State) -> any Error) {
        let leaving = state.withLock { state -> (Waiter, any Error)? in
            guard let position = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
            return (state.waiting.remove(at: position), reason(state))
        }
        guard let (waiter, error) = leaving else { return }
        waiter.timer.cancel()
        waiter.turn.resume(throwing: error)
    }

    private func overload(_ state: State) -> Overload {
        Overload(retryAfter: state.pace.seconds(for: state.waiting.count + 1, at: options.running))
    }
}
