import Hummingbird
import NIOCore

/// Server-sent events (WHATWG HTML, 9.2): a job after each change, until it ends.
struct JobEvents: Sendable {
    static let mediaType = "text/event-stream"
    /// A comment goes out after so long without a change, so that a connection that broke is noticed.
    static let heartbeat = Duration.seconds(10)

    let changes: AsyncStream<Job>

    var body: ResponseBody {
        ResponseBody { writer in
            for await event in events() { try await writer.write(event) }
            try await writer.finish(nil)
        }
    }

    /// Changes and heartbeats as text.
    private func events() -> AsyncStream<ByteBuffer> {
        AsyncStream(bufferingPolicy: .bufferingNewest(16)) { continuation in
            let task = Task {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        while (try? await Task.sleep(for: Self.heartbeat)) != nil {
                            continuation.yield(ByteBuffer(string: ": still here\n\n"))
                        }
                    }
                    for await job in changes { continuation.yield(Self.event(job)) }
                    group.cancelAll()
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private static func event(_ job: Job) -> ByteBuffer {
        var json = JSONWriter()
        job.write(to: &json)
        var event = ByteBuffer(string: "event: \(job.state == .running ? "progress" : job.state.rawValue)\ndata: ")
        event.writeImmutableBuffer(json.buffer)
        event.writeString("\n\n")
        return event
    }
}
