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

    /// Hashes files that look much as they did, and gives the ledger the stamps of those that have the same bytes.
    /// - Returns: the others, which are pending.
    func rehash(_ files: [IngestPlan.File], into batch: IngestBatch) async throws -> [IngestPlan.File] {
        if files.isEmpty { return [] }
        let changed = Gathered<IngestPlan.File>()
        try await groups(of: files).run(label: "sosia.rehash") { position, read in
            let location = SourceLocation.file(path: files[position].path, machine: machine)
            if let read = try? read.get(), read.known.contains(where: { $0.sources.contains(location) }) {
                // Only this file was looked at: nothing is said of other places of its picture.
                let same = ReadFile(content: read.content, known: read.known, gone: [])
                try await batch.take(.entry(entry(files[position], same, nil)), at: position)
            } else {
                await changed.add(files[position], at: position)
                try await batch.take(.later, at: position)
            }
        }
        try await batch.commit()
        let again = await batch.takeAgain()
        return await changed.inOrder
            + files.filter { again.contains(.file(path: $0.path, machine: machine)) }
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
        let moved = Gathered<IngestEntry>()
        try await groups(of: files).run(label: "sosia.moved") { index, file in
            // What cannot be read is named by who reads it for embedding.
            guard let read = try? file.get(), !read.known.isEmpty else { return }
            progress(await moved.add(entry(files[index], read, nil), at: positions[index]))
        }
        return await moved.byPosition
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

/// Values that come in any order.
actor Gathered<Value: Sendable> {
    private(set) var byPosition: [Int: Value] = [:]

    var inOrder: [Value] { byPosition.sorted { $0.key < $1.key }.map(\.value) }

    /// - Returns: how many there are by now.
    @discardableResult
    func add(_ value: Value, at position: Int) -> Int {
        byPosition[position] = value
        return byPosition.count
    }
}
