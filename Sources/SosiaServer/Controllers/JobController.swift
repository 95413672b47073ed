import Hummingbird

/// Jobs: what runs, how far it is, and how to end it.
struct JobController: Controller {
    let jobs: JobBoard

    private static let job = Operation.Parameter.path("job", .string(longest: 64), "The job's id.")

    var endpoints: [Endpoint] {
        [
            Endpoint(
                Operation(
                    .get, "/v1/jobs", "listJobs", tag: "jobs", "Jobs that run and the last that ended, newest first",
                    scope: .read, answers: [.json("Jobs")])
            ) { _, _ in
                .json { json in
                    json.object { $0.member("jobs", jobs.all) }
                }
            },
            Endpoint(
                Operation(
                    .get, "/v1/jobs/{job}", "getJob", tag: "jobs", "How far a job is", scope: .read,
                    parameters: [Self.job], answers: [.json("Job")], problems: [.unknownJob])
            ) { _, context in
                let job = try job(context)
                return .json { job.write(to: &$0) }
            },
            Endpoint(
                Operation(
                    .get, "/v1/jobs/{job}/events", "followJob", tag: "jobs",
                    "The job after each change as server-sent events, until it ends", scope: .read,
                    parameters: [Self.job], answers: [.stream(JobEvents.mediaType)], problems: [.unknownJob])
            ) { _, context in
                Response(
                    status: .ok, headers: [.contentType: JobEvents.mediaType],
                    body: JobEvents(changes: jobs.changes(of: try job(context).id)).body)
            },
            Endpoint(
                Operation(
                    .delete, "/v1/jobs/{job}", "cancelJob", tag: "jobs",
                    "Ask a job to end, and forget it; what it committed stays", scope: .write, parameters: [Self.job],
                    status: .accepted, answers: [.json("Job")], problems: [.unknownJob])
            ) { _, context in
                let job = try job(context)
                jobs.cancel(job.id)
                return .json(status: .accepted) { job.write(to: &$0) }
            },
        ]
    }

    private func job(_ context: ServerContext) throws(Problem) -> Job {
        guard let id = context.parameters.get("job"), let job = jobs.job(id) else {
            throw Problem(.unknownJob, "jobs are forgotten some time after their end")
        }
        return job
    }
}
