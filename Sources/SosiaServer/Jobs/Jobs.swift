import Foundation
import HTTPTypes
import ServiceLifecycle
import SosiaCore
import Synchronization

/// Work that takes too long to wait for in one request.
struct Job: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// Adds the files below an allowed folder.
        case add
        /// Reclaims the space of deleted pictures.
        case compact
        /// Builds indexes.
        case index
    }

    enum State: String, CaseIterable, Sendable {
        case running, done, failed, cancelled

        var isFinal: Bool { self != .running }
    }

    let id: String
    let kind: Kind
    let collection: String
    let started: Date
    var state = State.running
    var ended: Date?
    /// Pictures done and in all; 0 if unknown.
    var done = 0
    var total = 0
    /// The outcome, once it is done.
    var result: Attributes = [:]
    /// What went wrong, once it failed.
    var problem: Problem?
}

extension Job: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("kind", kind.rawValue)
            json.member("collection", collection)
            json.member("state", state.rawValue)
            json.member("started", started.ISO8601Format())
            json.member("ended", ended?.ISO8601Format())
            json.member("done", done)
            json.member("total", total)
            json.member("result", result)
            json.member("problem", problem)
        }
    }
}

/// The server's running jobs, and those that ended last.
final class Jobs: Sendable {
    /// Ended jobs that are remembered.
    static let remembered = 100
    /// Jobs that may run at once.
    static let maximumRunning = 8

    /// Called by a running job to report its progress.
    typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void
    typealias Work = @Sendable (@escaping Progress) async throws -> Attributes

    private struct State {
        var jobs: [Job] = []
        var tasks: [String: Task<Void, Never>] = [:]
        var listeners: [String: [UUID: AsyncStream<Job>.Continuation]] = [:]
        /// Cancelled jobs that have not ended yet: hidden, but they still block the next of their kind.
        var cancelled: Set<String> = []
        var isClosed = false

        var visible: [Job] { jobs.filter { !cancelled.contains($0.id) } }
    }

    private let state = Mutex(State())

    /// Starts a job.
    /// - Throws: ``Problem`` if a job of the same kind runs on the collection, or too many run at once.
    func start(_ kind: Job.Kind, of collection: String, _ work: @escaping Work) throws(Problem) -> Job {
        let job = Job(id: UUID().uuidString.lowercased(), kind: kind, collection: collection, started: Date())
        try admit(job)
        let task = Task {
            do {
                let result = try await work { [weak self] done, total in
                    self?.change(job.id) { job in
                        job.done = done
                        job.total = total
                    }
                }
                end(job.id, .done) { $0.result = result }
            } catch is CancellationError {
                end(job.id, .cancelled) { _ in }
            } catch {
                end(job.id, .failed) { $0.problem = Problem(error) }
            }
        }
        state.withLock { state in
            if state.jobs.contains(where: { $0.id == job.id && !$0.state.isFinal }) { state.tasks[job.id] = task }
        }
        return job
    }

    private func admit(_ job: Job) throws(Problem) {
        let problem: Problem? = state.withLock { state in
            let running = state.jobs.filter { !$0.state.isFinal }
            if state.isClosed || running.count >= Self.maximumRunning {
                return Problem(.overloaded, "\(running.count) jobs are running", headers: [.retryAfter: "10"])
            }
            if let same = running.first(where: { $0.kind == job.kind && $0.collection == job.collection }) {
                return Problem(
                    .collectionBusy, "a job of this kind is running", facts: [("job", .string(same.id))])
            }
            state.jobs.append(job)
            return nil
        }
        if let problem { throw problem }
    }

    /// Newest first.
    var all: [Job] { state.withLock { $0.visible.reversed() } }

    func job(_ id: String) -> Job? { state.withLock { $0.visible.first { $0.id == id } } }

    /// Asks a job to stop and forgets it; what it has committed stays.
    func cancel(_ id: String) {
        let (task, listeners) = state.withLock { state in
            if state.jobs.contains(where: { $0.id == id && !$0.state.isFinal }) {
                state.cancelled.insert(id)
            } else {
                state.jobs.removeAll { $0.id == id }
            }
            return (state.tasks[id], state.listeners.removeValue(forKey: id) ?? [:])
        }
        task?.cancel()
        for listener in listeners.values { listener.finish() }
    }

    /// The job now and after each change, until it ends.
    func changes(of id: String) -> AsyncStream<Job> {
        let (stream, continuation) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingNewest(1))
        let key = UUID()
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners[id]?.removeValue(forKey: key) }
        }
        let isOver = state.withLock { state in
            guard let job = state.visible.first(where: { $0.id == id }) else { return true }
            continuation.yield(job)
            if job.state.isFinal || state.isClosed { return true }
            state.listeners[id, default: [:]][key] = continuation
            return false
        }
        // Outside the lock: `onTermination` takes it again.
        if isOver { continuation.finish() }
        return stream
    }

    private func change(_ id: String, _ body: (inout Job) -> Void) {
        state.withLock { state in
            guard let index = state.jobs.firstIndex(where: { $0.id == id }), !state.jobs[index].state.isFinal else {
                return
            }
            body(&state.jobs[index])
            for listener in (state.listeners[id] ?? [:]).values { listener.yield(state.jobs[index]) }
        }
    }

    private func end(_ id: String, _ final: Job.State, _ body: (inout Job) -> Void) {
        change(id) { job in
            job.state = final
            job.ended = Date()
            body(&job)
        }
        let listeners = state.withLock { state in
            state.tasks[id] = nil
            if state.cancelled.remove(id) != nil { state.jobs.removeAll { $0.id == id } }
            let ended = state.jobs.filter(\.state.isFinal)
            if ended.count > Self.remembered, let oldest = ended.first {
                state.jobs.removeAll { $0.id == oldest.id }
            }
            return state.listeners.removeValue(forKey: id) ?? [:]
        }
        for listener in listeners.values { listener.finish() }
    }
}

/// At shutdown, listeners end at once; jobs are asked to stop and waited for.
extension Jobs: Service {
    func run() async throws {
        try? await gracefulShutdown()
        let (tasks, listeners) = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return (state.tasks, state.listeners)
        }
        for listener in listeners.values.flatMap(\.values) { listener.finish() }
        for task in tasks.values {
            task.cancel()
            await task.value
        }
    }
}
