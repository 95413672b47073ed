import HTTPTypes
import SosiaCore
import Synchronization

/// Counts the bytes of bodies, of pictures that were fetched, and of answers that all requests together keep in memory,
/// and refuses more than a maximum.
final class HeldBytes: Sendable {
    /// The bytes of one request; they are returned when the share is released.
    final class Share: Sendable {
        private let owner: HeldBytes
        private let taken = Mutex(0)

        fileprivate init(_ owner: HeldBytes) {
            self.owner = owner
        }

        deinit {
            owner.give(back: taken.withLock { $0 })
        }

        /// - Throws: ``Problem`` of kind `overloaded` if there is no room, of kind `bodyTooLarge` if there never will be.
        func take(_ bytes: Int) throws(Problem) {
            let own = taken.withLock { $0 } + bytes
            guard own <= owner.maximum else { throw Problem.bodyTooLarge(own, maximum: owner.maximum) }
            try owner.take(bytes)
            taken.withLock { $0 += bytes }
        }

        /// Returns all bytes, so that the next files of the same request find room.
        func empty() {
            owner.give(
                back: taken.withLock { taken in
                    defer { taken = 0 }
                    return taken
                })
        }

        /// An empty share of the same whole, for what is kept longer than the request: its answer.
        func another() -> Share { owner.share() }
    }

    private struct State {
        var held = 0
        var peak = 0
    }

    private let maximum: Int
    private let state = Mutex(State())

    init(maximum: Int) {
        self.maximum = maximum
    }

    func share() -> Share { Share(self) }

    /// Bytes now, and the most that there ever were.
    var load: (held: Int, peak: Int) { state.withLock { ($0.held, $0.peak) } }

    private func take(_ bytes: Int) throws(Problem) {
        let isRoom = state.withLock { state in
            guard bytes <= maximum - state.held else { return false }
            state.held += bytes
            state.peak = max(state.peak, state.held)
            return true
        }
        guard isRoom else {
            throw Problem(
                .overloaded, "other requests fill the memory for bodies and answers", facts: [("retry_after", 1)],
                headers: [.retryAfter: "1"])
        }
    }

    private func give(back bytes: Int) {
        state.withLock { $0.held -= bytes }
    }
}
