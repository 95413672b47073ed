import HTTPTypes
import SosiaCore
import Synchronization

/// The bodies that all requests hold in memory together, counted before they are kept.
final class HeldBytes: Sendable {
    /// The share of one request; what it took comes back when the share goes.
    final class Share: Sendable {
        private let owner: HeldBytes
        private let taken = Mutex(0)

        fileprivate init(_ owner: HeldBytes) {
            self.owner = owner
        }

        deinit {
            owner.give(back: taken.withLock { $0 })
        }

        /// - Throws: ``Problem`` of kind `overloaded` when there is no room.
        func take(_ bytes: Int) throws(Problem) {
            try owner.take(bytes)
            taken.withLock { $0 += bytes }
        }

        /// Gives everything back, so that the next file of the same request finds room.
        func empty() {
            owner.give(
                back: taken.withLock { taken in
                    defer { taken = 0 }
                    return taken
                })
        }
    }

    private let maximum: Int
    private let held = Mutex(0)

    init(maximum: Int) {
        self.maximum = maximum
    }

    func share() -> Share { Share(self) }

    private func take(_ bytes: Int) throws(Problem) {
        let isRoom = held.withLock { held in
            guard bytes <= maximum - held else { return false }
            held += bytes
            return true
        }
        guard isRoom else {
            throw Problem(
                .overloaded, "other requests fill the memory for bodies", facts: [("retry_after", 1)],
                headers: [.retryAfter: "1"])
        }
    }

    private func give(back bytes: Int) {
        held.withLock { $0 -= bytes }
    }
}
