import SosiaCore
import Workers

/// The bounded pipeline: workers take the next file, read, decode and embed it and hand the draft to the batch; a full
/// batch is committed while the worker that filled it waits, so that memory holds one batch and one picture a worker.
struct IngestRun: Sendable {
    let engine: EmbeddedEngine
    let reader: PictureReader
    let options: IngestOptions

    func run(_ files: [IngestPlan.File], into batch: IngestBatch) async throws {
        try await WorkerPool.run(count: files.count, jobs: options.jobs, label: "sosia.ingest") { index in
            try await batch.take(outcome(of: files[index]), at: index)
        }
        try await batch.commit()
    }

    private func outcome(of file: IngestPlan.File) throws -> IngestBatch.Item {
        do {
            let content = try FileContent(reading: file.path)
            let attributes = options.attributes(for: file.path)
            if let known = try KnownFile(content, path: file.path, attributes: attributes, engine: engine) {
                return .known(known)
            }
            return .draft(try reader.draft(content, path: file.path, attributes: attributes))
        } catch let reason as SkipReason {
            return .skipped(SkippedFile(path: file.path, reason: reason))
        }
    }
}
