import Hummingbird
import Sosia

/// Takes uploads from a form to the collection, a batch at a time, so that a thousand files never lie in memory.
struct UploadDesk: Sendable {
    /// A batch is committed when it has so many files, or so many bytes.
    static let batch = (files: 32, bytes: 32 << 20)

    let admission: AdmissionQueue
    let form: FormReader
    let metrics: ServerMetrics

    /// Adds all files of a form. A field `attributes` (JSON) before them is theirs.
    func add(
        _ request: Request, to collection: ServedCollection, _ context: ServerContext
    ) async throws -> [UploadOutcome] {
        let share = form.held.share()
        var attributes: Attributes = [:]
        var (pending, bytes): ([Upload], Int) = ([], 0)
        var outcomes: [UploadOutcome] = []
        try await form.read(request, context, share: share) { part in
            guard let name = part.headers.fileName else {
                if part.headers.name == "attributes" { attributes = try part.json().attributes() }
                return
            }
            pending.append(Upload(name: name, bytes: part.bytes, attributes: attributes))
            bytes += part.bytes.count
            guard pending.count >= Self.batch.files || bytes >= Self.batch.bytes else { return }
            outcomes += try await add(pending, to: collection, context)
            (pending, bytes) = ([], 0)
            share.empty()
        }
        if !pending.isEmpty { outcomes += try await add(pending, to: collection, context) }
        guard !outcomes.isEmpty else { throw Problem.body(at: "", "the form has no files") }
        return outcomes
    }

    /// Adds uploads as one batch when their turn has come.
    func add(
        _ uploads: [Upload], to collection: ServedCollection, _ context: ServerContext
    ) async throws -> [UploadOutcome] {
        let start = ContinuousClock.now
        return try await admission.run {
            let begin = ContinuousClock.now
            context.trace.add(.queue, (begin - start).milliseconds)
            let outcomes = try await collection.store.add(uploads)
            context.trace.add(.commit, (ContinuousClock.now - begin).milliseconds)
            let skipped = outcomes.filter { $0.id == nil }.count
            if skipped > 0 { metrics.countSkipped(skipped, of: collection.name) }
            return outcomes
        }
    }
}
