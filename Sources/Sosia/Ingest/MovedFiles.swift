import Catalog
import SosiaCore
import Workers

/// Finds the new places of pictures whose files show something else by now, before anything is embedded.
///
/// A picture that no file shows is forgotten with the commit that took its last one. Were a chain of renames committed
/// batch by batch, the last picture of one batch would be forgotten before the next batch shows it; so all of them are
/// one commit. Only files of a size that a changed file had are read for it, and only what the catalog gets is kept.
struct MovedFiles: Sendable {
    private actor Found {
        private(set) var files: [Int: KnownFile] = [:]

        func add(_ file: KnownFile, at position: Int) -> Int {
            files[position] = file
            return files.count
        }
    }

    let engine: EmbeddedEngine
    let options: IngestOptions

    /// - Parameter progress: called with the number of files found.
    /// - Returns: pending files whose bytes are those of a picture in the collection, by position.
    func find(
        in plan: IngestPlan, progress: @escaping @Sendable (_ found: Int) -> Void
    ) async throws -> [Int: KnownFile] {
        let files = plan.pending
        let positions = files.indices.filter { plan.mayBeReplaced(files[$0]) }
        let found = Found()
        try await WorkerPool.run(count: positions.count, jobs: options.jobs, label: "sosia.moved") { index in
            let position = positions[index]
            guard let file = try known(files[position]) else { return }
            progress(await found.add(file, at: position))
        }
        return await found.files
    }

    /// - Returns: nil for what is new, and for what cannot be read; who reads it for embedding will name it.
    private func known(_ file: IngestPlan.File) throws -> KnownFile? {
        guard let content = try? FileContent(reading: file.path) else { return nil }
        return try KnownFile(
            content, path: file.path, attributes: options.attributes(for: file.path), engine: engine)
    }
}
