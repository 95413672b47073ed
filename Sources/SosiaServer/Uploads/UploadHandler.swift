import HTTPTypes
import Hummingbird
import Sosia
import SosiaCore

/// Adds uploads to a collection batch by batch, so that a form of a thousand files is never in memory as a whole.
struct UploadHandler: Sendable {
    /// A batch is committed once it has this many files or bytes.
    static let batch = (files: 32, bytes: 32 << 20)

    let admission: AdmissionQueue
    let form: FormReader
    let metrics: ServerMetrics

    /// Adds all files of a form. A field `attributes` (JSON) applies to the files after it.
    func add(
        _ request: Request, to collection: ServedCollection, _ context: ServerContext
    ) async throws -> [UploadOutcome] {
        var attributes: Attributes = [:]
        var (pending, bytes): ([Upload], Int) = ([], 0)
        var outcomes: [UploadOutcome] = []
        try await form.read(request, context) { part in
            guard let name = part.headers.fileName else {
                if part.headers.name == "attributes" {
                    attributes = try await admission.run {
                        try await LongWork.run(part.bytes.count > LongWork.small) {
                            try part.json().attributes(of: "the files that follow")
                        }
                    }
                }
                return
            }
            pending.append(Upload(name: name, bytes: part.bytes, attributes: attributes))
            bytes += part.bytes.count
            guard pending.count >= Self.batch.files || bytes >= Self.batch.bytes else { return }
            outcomes += try await add(pending, to: collection, context)
            (pending, bytes) = ([], 0)
            context.held.empty()
        }
        if !pending.isEmpty { outcomes += try await add(pending, to: collection, context) }
        guard !outcomes.isEmpty else { throw Problem.body(at: "", "the form has no files") }
        return outcomes
    }

    /// Adds uploads as one batch when their turn comes.
    func add(
        _ uploads: [Upload], to collection: ServedCollection, _ context: ServerContext
    ) async throws -> [UploadOutcome] {
        try await add(to: collection, context, documentBytes: 0) { uploads }
    }

    /// Reads uploads from a document and adds them as one batch when their turn comes.
    func add(
        to collection: ServedCollection, _ context: ServerContext, documentBytes: Int,
        _ read: @Sendable () throws -> [Upload]
    ) async throws -> [UploadOutcome] {
        let start = ContinuousClock.now
        return try await admission.run {
            let begin = ContinuousClock.now
            context.trace.add(.queue, (begin - start).milliseconds)
            let uploads = try await LongWork.run(documentBytes > LongWork.small, read)
            let outcomes = try await collection.store.add(uploads)
            context.trace.add(.commit, (ContinuousClock.now - begin).milliseconds)
            let skipped = outcomes.filter { $0.id == nil }.count
            if skipped > 0 { metrics.countSkipped(skipped, of: collection.name) }
            return outcomes
        }
    }
}

/// The outcome for each file of a request.
struct UploadAnswer: JSONWritable {
    let outcomes: [UploadOutcome]
    let collection: ServedCollection

    /// 201 if any picture is new, 200 if all were known, or the first problem if all files were skipped.
    func response() throws -> Response {
        if let first = outcomes.first, outcomes.allSatisfy({ $0.id == nil }), case .skipped(let reason) = first.result {
            let problem = Problem(reason)
            throw Problem(
                problem.kind, "\(first.name): \(problem.detail)",
                facts: problem.facts + [("skipped", .integer(Int64(outcomes.count)))], cause: problem.cause)
        }
        let isNew = outcomes.contains { if case .added = $0.result { true } else { false } }
        return .json(status: isNew ? .created : .ok) { write(to: &$0) }
    }

    func write(to json: inout JSONWriter) {
        var counts = (added: 0, known: 0, skipped: 0)
        json.object { json in
            json.member("results", outcomes) { json, outcome in
                json.object { json in
                    json.member("name", outcome.name)
                    switch outcome.result {
                    case .added(let id):
                        counts.added += 1
                        Self.write("added", collection.address(of: id), id, to: &json)
                    case .known(let id):
                        counts.known += 1
                        Self.write("known", collection.address(of: id), id, to: &json)
                    case .skipped(let reason):
                        counts.skipped += 1
                        json.member("state", "skipped")
                        json.member("problem", Problem(reason))
                    }
                }
            }
            json.member("added", counts.added)
            json.member("known", counts.known)
            json.member("skipped", counts.skipped)
        }
    }

    private static func write(_ state: String, _ address: String, _ id: ImageID, to json: inout JSONWriter) {
        json.member("state", state)
        json.member("id", id)
        json.member("url", address)
    }
}
