import Catalog
package import SosiaCore

extension EmbeddedEngine {
    /// Rows, fsync, then one transaction.
    package func commit(_ unit: IngestUnit) async throws -> [IngestOutcome] {
        try await writable().commit(unit)
    }

    package func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord {
        try await writable().update(id, attributes: patch)
    }

    /// Vacates the rows immediately; ``compact(progress:)`` reclaims their space.
    package func remove(_ ids: [ImageID]) async throws -> Int {
        try await writable().change { try $0.remove(ids) }
    }

    package func forget(_ locations: [SourceLocation]) async throws -> Int {
        try await writable().change { try $0.forget(locations) }
    }

    package func remember(_ settings: Attributes) async throws {
        try settings.check(of: "the collection")
        try await writable().change { try $0.remember(settings) }
    }

    package func begin(_ file: ContainerFile) async throws -> Int64 {
        try await writable().change { try $0.begin(file) }
    }

    package func move(container id: Int64, to path: String, on machine: MachineName) async throws {
        try await writable().change { try $0.move(container: id, to: path, on: machine) }
    }

    package func finish(
        container id: Int64, isComplete: Bool, forgetting windows: [PixelWindow]
    ) async throws -> Int {
        try await writable().change { try $0.finish(container: id, isComplete: isComplete, forgetting: windows) }
    }

    package func forget(containers ids: [Int64]) async throws -> Int {
        try await writable().change { try $0.forget(containers: ids) }
    }

    /// The writer.
    /// - Throws: `StoreError.readOnly` if the engine was opened for reading.
    func writable() throws(StoreError) -> CollectionWriter {
        guard let writer else { throw .readOnly(path: files.root) }
        return writer
    }
}

extension EmbeddedEngine {
    package func sources(at locations: [SourceLocation]) async throws -> [ImageSource?] {
        try await reading { try $0.sources(at: locations) }
    }

    package func known(_ hashes: [ContentHash]) async throws -> [[PictureOrigin]] {
        try await reading { try $0.known(hashes) }
    }

    package func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) async throws -> [SourceLocation] {
        try await reading { try $0.locations(below: path, on: machine, after: location, limit: limit) }
    }

    package func records(_ ids: [ImageID]) async throws -> [ImageRecord] {
        try await reading(isBrief: true) { try $0.records(ids) }
    }

    package func records(
        passing filter: Filter?, before id: ImageID?, limit: Int, bytes: Int
    ) async throws -> RecordPage {
        try await reading(isBrief: filter == nil) {
            try $0.records(passing: filter, before: id, limit: limit, bytes: bytes)
        }
    }

    package func origins(of ids: [ImageID]) async throws -> [PictureOrigin?] {
        try await reading(isBrief: true) { try $0.origins(of: ids) }
    }

    package func uploads(after hash: ContentHash?, limit: Int) async throws -> [PictureOrigin] {
        try await reading { try $0.uploads(after: hash, limit: limit) }
    }

    package func lost(after id: ImageID?, limit: Int) async throws -> [PictureOrigin] {
        try await reading { try $0.lost(after: id, limit: limit) }
    }

    package var settings: Attributes {
        get async throws { try await reading { try $0.settings() } }
    }

    package func attributeSummaries() async throws -> [AttributeSummary] {
        try await reading { try $0.attributeSummaries() }
    }

    package func containers(
        _ kind: TileContainer.Kind?, after id: Int64?, limit: Int
    ) async throws -> [CountedContainer] {
        try await reading { try $0.containers(kind, after: id, limit: limit) }
    }

    package func container(_ id: Int64) async throws -> TileContainer? {
        try await reading { try $0.container(id) }
    }

    package func container(at path: String, on machine: MachineName) async throws -> TileContainer? {
        try await reading { try $0.container(at: path, on: machine) }
    }

    package func tiles(of container: Int64, after window: PixelWindow?, limit: Int) async throws -> [LedgerTile] {
        try await reading { try $0.tiles(of: container, after: window, limit: limit) }
    }

    package func count() async throws -> Int {
        try await reading { try $0.count() }
    }
}
