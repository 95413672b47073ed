internal import DequeModule
internal import Dispatch
internal import Synchronization

/// How many pixels all decoders of the process may hold together.
///
/// The first bytes of a file name its size: 34 of them are a valid picture of 268 megapixels. Limits for one picture
/// bound what one costs; this bounds what many cost at once. Whoever finds too little left waits in order, and blocks
/// its thread meanwhile: decoding belongs on threads of its own.
package final class DecodeBudget: Sendable {
    /// Room for the largest picture of ``DecodeLimits/standard``, or for some twenty of a camera.
    package static let shared = DecodeBudget(pixels: DecodeLimits.pixels.standard)

    /// How often one who waits looks whether its task was cancelled.
    private static let watch = DispatchTimeInterval.milliseconds(50)

    private struct Waiter {
        let ticket: UInt64
        let pixels: Int
        let turn: DispatchSemaphore
    }

    private struct State {
        var left: Int
        var nextTicket: UInt64 = 0
        var waiting = Deque<Waiter>()

        /// First come, first served: a large picture is not overtaken for ever by small ones.
        mutating func next() -> Waiter? {
            guard let first = waiting.first, first.pixels <= left else { return nil }
            left -= first.pixels
            return waiting.removeFirst()
        }
    }

    let pixels: Int
    private let state: Mutex<State>

    package init(pixels: Int) {
        self.pixels = pixels
        state = Mutex(State(left: pixels))
    }

    /// What is held now, and how many wait.
    package var load: (pixels: Int, waiting: Int) { state.withLock { (pixels - $0.left, $0.waiting.count) } }

    /// Calls `body` while it holds so many pixels; a picture larger than the whole budget holds all of it.
    /// - Throws: `DecodeError.cancelled` if the task is cancelled before its turn comes.
    package func holding<Result>(_ count: Int, _ body: () throws(DecodeError) -> Result) throws(DecodeError) -> Result {
        let count = min(count, pixels)
        try take(count)
        defer {
            state.withLock { $0.left += count }
            passOn()
        }
        return try body()
    }

    private func take(_ count: Int) throws(DecodeError) {
        guard !Task.isCancelled else { throw .cancelled }
        let waiter = state.withLock { state -> Waiter? in
            if state.waiting.isEmpty, count <= state.left {
                state.left -= count
                return nil
            }
            state.nextTicket += 1
            let waiter = Waiter(ticket: state.nextTicket, pixels: count, turn: DispatchSemaphore(value: 0))
            state.waiting.append(waiter)
            return waiter
        }
        guard let waiter else { return }
        while waiter.turn.wait(timeout: .now() + Self.watch) == .timedOut {
            if Task.isCancelled, leave(waiter.ticket) {
                passOn()
                throw .cancelled
            }
        }
    }

    /// - Returns: false when its turn has come meanwhile.
    private func leave(_ ticket: UInt64) -> Bool {
        state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0.ticket == ticket }) else { return false }
            state.waiting.remove(at: place)
            return true
        }
    }

    private func passOn() {
        while let next = state.withLock({ $0.next() }) { next.turn.signal() }
    }
}
