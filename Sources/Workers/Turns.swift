internal import DequeModule

/// Lets one task after another into a part that waits in between, which an actor alone would interleave.
package actor Turns {
    private var isTaken = false
    private var waiting = Deque<CheckedContinuation<Void, Never>>()

    package init() {}

    /// Runs `body` when all that came before are done. It is not cancelled while it waits: turns are short.
    package nonisolated func take<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
        await enter()
        do {
            let value = try await body()
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if let next = waiting.popFirst() {
            next.resume()
        } else {
            isTaken = false
        }
    }
}
