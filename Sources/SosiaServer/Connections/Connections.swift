import DequeModule
import FileSystem
import NIOCore
import Synchronization
import Workers

/// The open connections: so many that descriptors are left for files. Where there is no room, the connection that has
/// been idle longest gives way to the new one; one with a request at work never does.
final class Connections: Sendable {
    /// Descriptors that are left for files, requests to other servers, and connections that are being closed.
    static let reserve = 1024
    /// Where the limit is low, this part of it is left.
    private static let share = 4

    enum Admission {
        case served(Connection)
        /// There is no room; the client is to be told.
        case refused
        /// There are many who are being told: this one is hung up on.
        case dropped
    }

    /// One of them, as its handler sees it.
    struct Connection: Sendable {
        fileprivate let id: UInt64
        fileprivate let all: Connections

        /// Says that a request has come.
        /// - Returns: false if the connection has given way meanwhile: the request must not be answered.
        func begin() -> Bool { all.begin(id) }

        /// Says that no request is at work.
        func rest() { all.rest(id) }

        /// Says that the client sends nothing more. Most have gone; one that only ends what it says is not told from them.
        func hangUp(_ channel: any Channel) { all.end(ObjectIdentifier(channel)) }
    }

    private struct Open {
        let channel: any Channel
        /// When it became idle, by a counter; nil while it works.
        var idleSince: UInt64?
    }

    private struct Serving {
        let task: Task<Void, Never>
        /// Whether a request is at work; there is one at a time.
        var isAtWork = false
    }

    private struct State {
        var open: [UInt64: Open] = [:]
        /// What serves each channel.
        var serving: [ObjectIdentifier: Serving] = [:]
        /// Those that became idle, in this order. An entry whose time is not that of the connection is outdated.
        var idle: Deque<(id: UInt64, since: UInt64)> = []
        /// Connections that gave way, or are told that there is no room, until they are closed.
        var leaving = 0
        /// The next number of a connection, and the time.
        var next: UInt64 = 0

        mutating func tick() -> UInt64 {
            next += 1
            return next
        }

        mutating func rest(_ id: UInt64) {
            let now = tick()
            guard open[id] != nil else { return }
            open[id]?.idleSince = now
            idle.append((id, now))
            // Outdated entries are taken out before they are the greater part.
            if idle.count > 2 * open.count + 16 { idle.removeAll { open[$0.id]?.idleSince != $0.since } }
        }

        /// Takes out the connection that has been idle longest.
        mutating func takeIdlest() -> (any Channel)? {
            while let first = idle.popFirst() {
                guard let found = open[first.id], found.idleSince == first.since else { continue }
                open[first.id] = nil
                return found.channel
            }
            return nil
        }
    }

    /// Connections that are served at a time.
    let maximum: Int
    /// Connections that may be leaving at a time.
    let maximumLeaving: Int
    private let state = Mutex(State())

    init(maximum: Int, maximumLeaving: Int) {
        self.maximum = maximum
        self.maximumLeaving = maximumLeaving
    }

    /// As many as are wanted, or as the open files permit.
    /// - Parameters:
    ///   - limit: of open files.
    ///   - open: files that are open already.
    convenience init(upTo wanted: Int, limit: Int? = OpenFiles.limit, open: Int? = OpenFiles.count) {
        let limit = limit ?? wanted + Self.reserve
        let reserve = min(Self.reserve, limit / Self.share)
        self.init(
            maximum: max(1, min(wanted, limit - (open ?? 0) - reserve)), maximumLeaving: max(1, reserve / Self.share))
    }

    /// Decides about a new connection.
    func admit(_ channel: any Channel) -> Admission {
        let (admission, idlest) = state.withLock { state -> (Admission, (any Channel)?) in
            var idlest: (any Channel)?
            if state.open.count >= maximum {
                guard state.leaving < maximumLeaving else { return (.dropped, nil) }
                state.leaving += 1
                idlest = state.takeIdlest()
                if idlest == nil { return (.refused, nil) }
            }
            let id = state.tick()
            state.open[id] = Open(channel: channel, idleSince: nil)
            state.rest(id)
            return (.served(Connection(id: id, all: self)), idlest)
        }
        if let idlest {
            idlest.close(promise: nil)
            whenClosed(idlest) { $0.leaving -= 1 }
        }
        switch admission {
        case .served(let connection):
            whenClosed(channel) { $0.open[connection.id] = nil }
            let key = ObjectIdentifier(channel)
            channel.closeFuture.whenComplete { _ in self.end(key) }
        case .refused: whenClosed(channel) { $0.leaving -= 1 }
        case .dropped: break
        }
        return admission
    }

    private func whenClosed(_ channel: any Channel, _ change: @escaping @Sendable (inout State) -> Void) {
        channel.closeFuture.whenComplete { _ in self.state.withLock { change(&$0) } }
    }

    /// Serves a channel in a task of its own, which is cancelled when the client goes while a request is at work. One
    /// task for a connection, because one for a request is two changes of thread, which a small request would notice.
    func serve(_ channel: any Channel, _ serving: @escaping @Sendable () async -> Void) async {
        let key = ObjectIdentifier(channel)
        // Under the lock, so that no request is at work before its task is known.
        let task = state.withLock { state in
            let task = Task(executorPreference: CPUExecutor.requests) { await serving() }
            state.serving[key] = Serving(task: task)
            return task
        }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        state.withLock { $0.serving[key] = nil }
    }

    /// Does the work of a request, which is cancelled once its client has gone.
    func whileOpen<Value>(
        _ channel: any Channel, isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Value
    ) async throws -> Value {
        let key = ObjectIdentifier(channel)
        state.withLock { $0.serving[key]?.isAtWork = true }
        defer { state.withLock { $0.serving[key]?.isAtWork = false } }
        return try await work()
    }

    private func end(_ key: ObjectIdentifier) {
        let task = state.withLock { state in
            state.serving[key].flatMap { $0.isAtWork ? $0.task : nil }
        }
        task?.cancel()
    }

    private func begin(_ id: UInt64) -> Bool {
        state.withLock { state in
            guard state.open[id] != nil else { return false }
            state.open[id]?.idleSince = nil
            return true
        }
    }

    private func rest(_ id: UInt64) {
        state.withLock { $0.rest(id) }
    }
}
