@testable import EmbeddedEngine
import Indexes
import SosiaCore
import Testing

/// The words of these tests.
extension EmbeddedEngine {
    private static func options(threads: Int?, kinds: [IndexKind]) -> Options {
        var options = Options()
        if let threads { options.threads = threads }
        options.indexes = kinds
        return options
    }

    static func made(
        at path: String, _ model: ModelIdentity, threads: Int? = nil, kinds: [IndexKind] = .standard
    ) async throws -> EmbeddedEngine {
        let machine = try #require(MachineName("here"))
        return try await create(
            path: path, CollectionDescription(model: model, machine: machine),
            options: options(threads: threads, kinds: kinds))
    }

    static func opened(
        _ path: String, _ access: CollectionAccess = .read, kinds: [IndexKind] = .standard
    ) async throws -> EmbeddedEngine {
        let machine = try #require(MachineName("here"))
        return try await open(
            path: path, access: access, machine: machine, options: options(threads: nil, kinds: kinds))
    }

    func add(_ entries: [IngestEntry]) async throws -> [ImageID] {
        try await commit(IngestUnit(entries)).compactMap(\.id)
    }

    func prepareIndexes(_ demand: IndexDemand = .whatPays) async throws {
        try await prepareIndexes(demand, progress: { _, _ in })
    }

    func duplicates(
        within distance: Float, limit: Int = DuplicatesResponse.defaultGroups, after: ImageID? = nil
    ) async throws -> DuplicatesResponse {
        try await duplicates(within: distance, limit: limit, after: after, progress: { _, _ in })
    }

    /// A picture file that is only a vector.
    static func entry(_ path: String, hash: ContentHash, _ embedding: Embedding) throws -> IngestEntry {
        let machine = try #require(MachineName("here"))
        let facts = PictureFacts(format: "jpeg", width: 1, height: 1)
        return IngestEntry(
            hash: hash, source: ImageSource(location: .file(path: path, machine: machine)),
            content: IngestEntry.Content(embedding: embedding, facts: facts))
    }
}
