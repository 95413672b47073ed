import SosiaCore
import Workers

/// The bounded pipeline: groups of files are read ahead, workers take the next file, decode and embed it and hand it to
/// the batch; a full batch is committed while the worker that filled it waits, so that memory holds one batch, the
/// groups and one picture a worker.
struct IngestRun: Sendable {
    let engine: any CollectionEngine
    let machine: MachineName
    let options: IngestOptions

    /// Adds files, those with bytes that the collection knows without decoding them.
    func run(_ files: [IngestPlan.File], with reader: PictureReader, into batch: IngestBatch) async throws {
        try await groups(of: files).run(label: "sosia.ingest") { position, file in
            try await batch.take(item(files[position], file, reader), at: position)
        }
        try await batch.commit()
    }

    private func item(
        _ file: IngestPlan.File, _ read: Result<ReadFile, SkipReason>, _ reader: PictureReader
    ) -> IngestBatch.Item {
        do throws(SkipReason) {
            let read = try read.get()
            let content = read.known.isEmpty ? try reader.content(of: read.content.bytes) : nil
            return .entry(entry(file, read, content))
        } catch {
            return .skipped(SkippedFile(path: file.path, reason: error))
        }
    }

    /// Finds the new places of pictures whose files show something else by now, before anything is embedded.
    ///
    /// A picture that no file shows is forgotten with the commit that took its last one. Were a chain of renames
    /// committed batch by batch, the last picture of one batch would be forgotten before the next batch shows it; so all
    /// of them are one commit. Only files of a size that a changed file had are read for it, and only what the ledger
    /// gets is kept.
    /// - Parameter progress: called with the number of files found.
    /// - Returns: pending files whose bytes are those of a picture in the collection, by position.
    func movedFiles(
        in plan: IngestPlan, progress: @escaping @Sendable (_ found: Int) -> Void
    ) async throws -> [Int: IngestEntry] {
        let positions = plan.pending.indices.filter { plan.mayBeReplaced(plan.pending[$0]) }
        let files = positions.map { plan.pending[$0] }
        let moved = MovedFiles()
        try await groups(of: files).run(label: "sosia.moved") { index, file in
            // What cannot be read is named by who reads it for embedding.
            guard let read = try? file.get(), !read.known.isEmpty else { return }
            progress(await moved.add(entry(files[index], read, nil), at: positions[index]))
        }
        return await moved.entries
    }

    private func groups(of files: [IngestPlan.File]) -> FileGroups {
        FileGroups(files, engine: engine, machine: machine, options: options)
    }

    private func entry(_ file: IngestPlan.File, _ read: ReadFile, _ content: IngestEntry.Content?) -> IngestEntry {
        let location = SourceLocation.file(path: file.path, machine: machine)
        return IngestEntry(
            hash: read.content.hash, source: ImageSource(location: location, stamp: read.content.stamp),
            content: content, attributes: options.attributes(for: file.path), gone: read.gone)
    }
}

private actor MovedFiles {
    /// By position.
    private(set) var entries: [Int: IngestEntry] = [:]

    /// - Returns: how many there are by now.
    func add(_ entry: IngestEntry, at position: Int) -> Int {
        entries[position] = entry
        return entries.count
    }
}
