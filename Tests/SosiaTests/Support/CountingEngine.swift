import SosiaCore
import Synchronization

/// Hands every call on to another engine, and counts them by name.
final class CountingEngine: CollectionEngine {
    private let engine: any CollectionEngine
    private let counts = Mutex<[String: Int]>([:])

    init(_ engine: any CollectionEngine) {
        self.engine = engine
    }

    var total: Int { counts.withLock { $0.values.reduce(0, +) } }
    var byName: [String: Int] { counts.withLock { $0 } }

    func reset() { counts.withLock { $0 = [:] } }

    private func counted(_ name: String = #function) -> any CollectionEngine {
        counts.withLock { $0[String(name.prefix { $0 != "(" }), default: 0] += 1 }
        return engine
    }

    var model: ModelIdentity { engine.model }
    var identity: PictureIdentity { engine.identity }
    var abilities: EngineAbilities { engine.abilities }

    func search(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        try await counted().search(requests)
    }
    func embedding(of id: ImageID) async throws -> Embedding { try await counted().embedding(of: id) }
    func vectors(after id: ImageID?, limit: Int) async throws -> [StoredVector] {
        try await counted().vectors(after: id, limit: limit)
    }
    func count() async throws -> Int { try await counted().count() }

    func sources(at locations: [SourceLocation]) async throws -> [ImageSource?] {
        try await counted().sources(at: locations)
    }
    func known(_ hashes: [ContentHash]) async throws -> [[PictureOrigin]] { try await counted().known(hashes) }
    func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) async throws -> [SourceLocation] {
        try await counted().locations(below: path, on: machine, after: location, limit: limit)
    }
    func records(_ ids: [ImageID]) async throws -> [ImageRecord] { try await counted().records(ids) }
    func records(passing filter: Filter?, before id: ImageID?, limit: Int, bytes: Int) async throws -> RecordPage {
        try await counted().records(passing: filter, before: id, limit: limit, bytes: bytes)
    }
    func origins(of ids: [ImageID]) async throws -> [PictureOrigin?] { try await counted().origins(of: ids) }
    func uploads(after hash: ContentHash?, limit: Int) async throws -> [PictureOrigin] {
        try await counted().uploads(after: hash, limit: limit)
    }
    func lost(after id: ImageID?, limit: Int) async throws -> [PictureOrigin] {
        try await counted().lost(after: id, limit: limit)
    }
    func attributeSummaries() async throws -> [AttributeSummary] { try await counted().attributeSummaries() }

    var settings: Attributes { get async throws { try await counted().settings } }
    func remember(_ settings: Attributes) async throws { try await counted().remember(settings) }

    func commit(_ unit: IngestUnit) async throws -> [IngestOutcome] { try await counted().commit(unit) }
    func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord {
        try await counted().update(id, attributes: patch)
    }
    func remove(_ ids: [ImageID]) async throws -> Int { try await counted().remove(ids) }
    func forget(_ locations: [SourceLocation]) async throws -> Int { try await counted().forget(locations) }

    func containers(_ kind: TileContainer.Kind?, after id: Int64?, limit: Int) async throws -> [CountedContainer] {
        try await counted().containers(kind, after: id, limit: limit)
    }
    func container(_ id: Int64) async throws -> TileContainer? { try await counted().container(id) }
    func container(at path: String, on machine: MachineName) async throws -> TileContainer? {
        try await counted().container(at: path, on: machine)
    }
    func tiles(of container: Int64, after window: PixelWindow?, limit: Int) async throws -> [LedgerTile] {
        try await counted().tiles(of: container, after: window, limit: limit)
    }
    func begin(_ file: ContainerFile) async throws -> Int64 { try await counted().begin(file) }
    func move(container id: Int64, to path: String, on machine: MachineName) async throws {
        try await counted().move(container: id, to: path, on: machine)
    }
    func finish(container id: Int64, isComplete: Bool, forgetting windows: [PixelWindow]) async throws -> Int {
        try await counted().finish(container: id, isComplete: isComplete, forgetting: windows)
    }
    func forget(containers ids: [Int64]) async throws -> Int { try await counted().forget(containers: ids) }

    func prepare() async throws { try await counted().prepare() }
    func checkPresence() async throws { try await counted().checkPresence() }
    func status() async throws -> EngineStatus { try await counted().status() }
    func prepareIndexes(_ demand: IndexDemand, progress: @escaping WorkProgress) async throws {
        try await counted().prepareIndexes(demand, progress: progress)
    }
    func duplicates(
        within distance: Float, limit: Int, after: ImageID?, progress: @escaping WorkProgress
    ) async throws -> DuplicatesResponse {
        try await counted().duplicates(within: distance, limit: limit, after: after, progress: progress)
    }
    func verify(progress: @escaping WorkProgress) async throws -> EngineVerification {
        try await counted().verify(progress: progress)
    }
    func repair(
        reading facts: @escaping FactsReading, progress: @escaping WorkProgress
    ) async throws -> RepairReport {
        try await counted().repair(reading: facts, progress: progress)
    }
    func compact(progress: @escaping WorkProgress) async throws -> CompactionReport {
        try await counted().compact(progress: progress)
    }
}
