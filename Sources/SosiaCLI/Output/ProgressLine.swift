import Foundation
import Rainbow
import Synchronization

/// Progress on standard error: a bar with rate and time left on a terminal, a plain line now and then elsewhere.
final class ProgressLine: Sendable {
    /// What is counted.
    enum Unit {
        case files
        case bytes
    }

    private struct State {
        var lastShown: ContinuousClock.Instant?
        var start: ContinuousClock.Instant?
        var label = ""
        var isDirty = false
    }

    private let isTerminal: Bool
    private let state = Mutex(State())
    private static let width = 28

    init(isTerminal: Bool = Console.streams.isTerminal) {
        self.isTerminal = isTerminal
    }

    /// - Parameter total: 0 while it is not known.
    func show(_ label: String, done: Int, total: Int, unit: Unit = .files) {
        let now = ContinuousClock.now
        let text: String? = state.withLock { state in
            if state.label != label {
                state.label = label
                state.start = now
                state.lastShown = nil
            }
            let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
            let isLast = total > 0 && done == total
            // Off the terminal a short run stays silent.
            let last = state.lastShown ?? (isTerminal ? nil : state.start)
            if let last, now - last < interval, !(isLast && isTerminal) { return nil }
            state.lastShown = now
            state.isDirty = isTerminal
            return line(label, done: done, total: total, unit: unit, elapsed: now - (state.start ?? now))
        }
        guard let text else { return }
        Console.notice(isTerminal ? "\r\u{1B}[K" + text : text + "\n")
    }

    /// Leaves the terminal's line empty for what comes next.
    func clear() {
        let isDirty = state.withLock { state in
            defer { state.isDirty = false }
            return state.isDirty
        }
        if isDirty { Console.notice("\r\u{1B}[K") }
    }

    private func line(_ label: String, done: Int, total: Int, unit: Unit, elapsed: Duration) -> String {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate = seconds > 0 ? Double(done) / seconds : 0
        guard total > 0 else { return "\(label) \(done) files" }
        var text = unit == .files ? "\(done)/\(total)" : "\(Self.size(done))/\(Self.size(total))"
        if rate > 0 {
            let speed = unit == .files ? String(format: "%.0f", rate) : String(format: "%.2f GB", rate / 1e9)
            text += ", \(speed)/s, \(Self.clock(Double(total - done) / rate)) left"
        }
        guard isTerminal else { return "\(label) \(text)" }
        let filled = Self.width * done / total
        let bar =
            String(repeating: "█", count: filled).cyan
            + String(repeating: "░", count: Self.width - filled).lightBlack
        return "\(label) \(bar) \(text)"
    }

    private static func size(_ bytes: Int) -> String { Console.size(Int64(bytes)) }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(), 359_999))
        return whole < 3600
            ? String(format: "%d:%02d", whole / 60, whole % 60)
            : String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }
}
