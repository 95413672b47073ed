import Hummingbird
import NIOCore
import Sosia
import SosiaCore

/// Starts, lists, follows and cancels jobs.
struct JobController: Controller {
    let collections: ServedCollections
    let jobs: Jobs
    let admission: AdmissionQueue

    private static let job = Operation.Parameter.path("job", .string(longest: 64), "The job's id.")

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .post, "/v1/collections/{collection}/jobs", "startJob", tag: "jobs",
                    "Build indexes, or reclaim the space of deleted pictures", scope: .write,
                    parameters: [.collection], body: [.json("NewJob")], status: .accepted, answers: [.json("Job")],
                    problems: [.collectionBusy, .readOnly]), start),
            Endpoint(
                Operation(
                    .get, "/v1/jobs", "listJobs", tag: "jobs", "List running and recently ended jobs, newest first",
                    scope: .read, answers: [.json("Jobs")])
            ) { _, _ in
                .json { json in
                    json.object { $0.member("jobs", jobs.all) }
                }
            },
            Endpoint(
                Operation(
                    .get, "/v1/jobs/{job}", "getJob", tag: "jobs", "Get a job and its progress", scope: .read,
                    parameters: [Self.job], answers: [.json("Job")], problems: [.unknownJob])
            ) { _, context in
                let job = try job(context)
                return .json { job.write(to: &$0) }
            },
            Endpoint(
                Operation(
                    .get, "/v1/jobs/{job}/events", "followJob", tag: "jobs",
                    "Follow a job: server-sent events after each change, until it ends", scope: .read,
                    parameters: [Self.job], answers: [.stream(JobEvents.mediaType)], problems: [.unknownJob])
            ) { _, context in
                Response(
                    status: .ok, headers: [.contentType: JobEvents.mediaType],
                    body: JobEvents(changes: jobs.changes(of: try job(context).id)).body)
            },
            Endpoint(
                Operation(
                    .delete, "/v1/jobs/{job}", "cancelJob", tag: "jobs",
                    "Ask a job to stop and forget it; what it has committed stays", scope: .write,
                    parameters: [Self.job],
                    status: .accepted, answers: [.json("Job")], problems: [.unknownJob])
            ) { _, context in
                let job = try job(context)
                jobs.cancel(job.id)
                return .json(status: .accepted) { job.write(to: &$0) }
            },
        ]
    }

    private func start(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(in: collections)
        let job = try await admission.run(reading: request.document(context)) { document in
            let members = try document.object(["kind", "index", "graph"])
            let demand = try Self.demand(members)
            switch try members["kind"]?.string(longest: 32) {
            case Job.Kind.compact.rawValue? where demand == .whatPays: return try compact(collection)
            case Job.Kind.index.rawValue?: return try index(collection, demand)
            default: throw document.wrong("kind is index or compact; index and graph go with index")
            }
        }
        return .json(status: .accepted, headers: [.location: "/v1/jobs/\(job.id)"]) { job.write(to: &$0) }
    }

    private static func demand(_ members: [String: JSONReader]) throws -> IndexDemand {
        // Each is read, so that a wrong one is refused beside a right one, too.
        let isGraphWanted = try members["graph"]?.boolean() ?? false
        if let name = try members["index"]?.string(longest: SearchOptions.maximumIndex) { return .named(name) }
        return isGraphWanted ? .approximate : .whatPays
    }

    private func compact(_ collection: ServedCollection) throws -> Job {
        try jobs.start(.compact, of: collection.name) { progress in
            let report = try await collection.store.compact(progress: progress)
            return [
                "pictures": .integer(Int64(report.pictures)), "bytes_before": .integer(report.bytesBefore),
                "bytes_after": .integer(report.bytesAfter),
            ]
        }
    }

    func index(_ collection: ServedCollection, _ demand: IndexDemand = .whatPays) throws -> Job {
        try jobs.start(.index, of: collection.name) { progress in
            try await collection.store.prepareIndexes(demand, progress: progress)
            let indexes = try await collection.store.status().engine.indexes
            return ["indexes": .array(indexes.map { .string($0.kind) })]
        }
    }

    private func job(_ context: ServerContext) throws(Problem) -> Job {
        guard let id = context.parameters.get("job"), let job = jobs.job(id) else {
            throw Problem(.unknownJob, "jobs are forgotten some time after they end")
        }
        return job
    }
}

/// Server-sent events (WHATWG HTML, 9.2): a job after each change, until it ends.
struct JobEvents: Sendable {
    static let mediaType = "text/event-stream"
    /// How often a comment is sent, so that a broken connection is noticed.
    static let heartbeat = Duration.seconds(10)

    let changes: AsyncStream<Job>

    var body: ResponseBody {
        ResponseBody { writer in
            for await event in events() { try await writer.write(event) }
            try await writer.finish(nil)
        }
    }

    /// Changes and heartbeats as text of events.
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
        var event = ByteBuffer(string: "event: \(job.state == .running ? "progress" : job.state.rawValue)\ndata: ")
        event.writeBytes(job.json)
        event.writeString("\n\n")
        return event
    }
}
