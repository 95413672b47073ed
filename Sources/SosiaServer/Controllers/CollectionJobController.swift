import Hummingbird
import Sosia

/// Upkeep of a collection: indexes and compaction, as jobs.
struct CollectionJobController: Controller {
    let shelf: CollectionShelf
    let jobs: JobBoard

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .post, "/v1/collections/{collection}/jobs", "startJob", tag: "jobs",
                    "Build indexes, or give the space of deleted pictures back", scope: .write,
                    parameters: [.collection], body: [.json("NewJob")], status: .accepted, answers: [.json("Job")],
                    problems: [.collectionBusy, .readOnly]), start)
        ]
    }

    private func start(_ request: Request, _ context: ServerContext) async throws -> Response {
        let collection = try context.collection(on: shelf)
        let document = try await request.document(context)
        let members = try document.object(["kind", "index", "graph"])
        let demand = try Self.demand(members)
        let job: Job
        switch try members["kind"]?.string(longest: 32) {
        case Job.Kind.compact.rawValue? where demand == .whatPays: job = try compact(collection)
        case Job.Kind.index.rawValue?: job = try index(collection, demand)
        default: throw document.wrong("kind is index or compact; index and graph go with index")
        }
        return .json(status: .accepted, headers: [.location: "/v1/jobs/\(job.id)"]) { job.write(to: &$0) }
    }

    private static func demand(_ members: [String: JSONReader]) throws -> IndexDemand {
        if let name = try members["index"]?.string(longest: SearchOptions.longestIndex) { return .named(name) }
        return try members["graph"]?.boolean() ?? false ? .approximate : .whatPays
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
            let indexes = try await collection.store.status().indexes
            return ["indexes": .array(indexes.map { .string($0.kind) })]
        }
    }
}
