public import SosiaCore
import Synchronization

/// The specification in code: every promise of a `CollectionEngine` in its plainest form, by brute force, under one lock.
///
/// It keeps nothing when its process ends. Tests run whole sessions on it; a new engine is read beside it.
public final class MemoryEngine: CollectionEngine {
    /// What the engines of one collection share.
    private final class Memory: Sendable {
        let state: Mutex<State>

        init(_ description: CollectionDescription) { state = Mutex(State(ledger: MemoryLedger(description))) }
    }

    public static let abilities = EngineAbilities(
        engine: "memory", isExactProven: true, writers: .many, visibility: .atOnce, maximumDimension: 65_536,
        maximumAttributeBytes: Attributes.maximumBytes, metrics: [.l2, .cosine, .innerProduct],
        isRecallCalibrated: false,
        keepsVectorBits: true, upkeep: [.duplicates, .verify, .repair, .compact])

    fileprivate static let plainScan = "flat"

    public let model: ModelIdentity
    public let identity: PictureIdentity
    private let access: CollectionAccess
    private let memory: Memory

    /// Makes an empty collection.
    public init(_ description: CollectionDescription) {
        model = description.model
        identity = description.identity
        access = .write
        memory = Memory(description)
    }

    /// Opens the collection of another engine once more.
    public init(opening other: MemoryEngine, access: CollectionAccess) {
        model = other.model
        identity = other.identity
        self.access = access
        memory = other.memory
    }

    public var abilities: EngineAbilities { Self.abilities }

    /// Overwrites a vector behind the engine's back, as a failing disk would.
    public func damage(_ id: ImageID) { memory.state.withLock { $0.damage(id) } }

    func write<Value: Sendable>(_ body: (inout sending State) throws -> sending Value) throws -> Value {
        guard access != .read else { throw StoreError.readOnly(path: "the collection in memory") }
        return try memory.state.withLock(body)
    }

    private func change(_ change: LedgerChange) throws -> LedgerResult { try write { try $0.apply(change) } }

    /// All there is at one moment.
    var state: State { memory.state.withLock { $0 } }

    private var ledger: MemoryLedger { state.ledger }
}

extension MemoryEngine {
    /// Pictures and their vectors at one moment.
    struct State: Sendable {
        var ledger: MemoryLedger
        var vectors: [VectorKey: Embedding] = [:]
        /// Rows of pictures that were removed or changed since the last compaction.
        var vacant = 0
        var generation: Int64 = 0

        var model: ModelIdentity { ledger.description.model }

        func vector(of id: ImageID) throws -> Embedding {
            guard let vector = ledger.keys[id].flatMap({ vectors[$0] }) else { throw EngineError.unknownImage(id) }
            return vector
        }

        /// Pictures whose vectors are not what was written.
        var damaged: [ImageID] { ledger.keys.filter { vectors[$0.value] == nil }.map(\.key).sorted() }

        mutating func damage(_ id: ImageID) {
            if let key = ledger.keys[id] { vectors[key] = nil }
        }

        mutating func apply(_ change: LedgerChange) throws -> LedgerResult {
            var ledger = ledger
            let applied = try ledger.apply(change)
            var copied: Set<VectorKey> = []
            for row in applied.rows {
                switch row.vector {
                case .given(let embedding): vectors[row.key] = embedding
                case .copied(let key):
                    vectors[row.key] = vectors[key]
                    copied.insert(key)
                }
            }
            for key in applied.superseded { vectors[key] = nil }
            vacant += Set(applied.superseded).subtracting(copied).count
            self.ledger = ledger
            return applied.result
        }

        /// Leaves no vacant row behind.
        mutating func renew() {
            vacant = 0
            generation += 1
        }
    }
}

// MARK: - SearchEngine

extension MemoryEngine {
    public func search(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        try SearchRequest.check(batch: requests)
        let state = state
        return try requests.map { try state.answer($0) }
    }

    public func embedding(of id: ImageID) async throws -> Embedding { try state.vector(of: id) }

    public func vectors(after id: ImageID?, limit: Int) async throws -> [StoredVector] {
        let state = state
        let ids = state.ledger.keys.keys.filter { $0.rawValue > id?.rawValue ?? 0 }.sorted()
        let vectors = ids.lazy.compactMap { id in
            (try? state.vector(of: id)).map { StoredVector(id: id, embedding: $0) }
        }
        return Array(vectors.prefix(limit))
    }

    public func count() async throws -> Int { ledger.pictures.count }
}

extension MemoryEngine.State {
    fileprivate func answer(_ request: SearchRequest) throws -> SearchResponse {
        if let index = request.index, index != MemoryEngine.plainScan {
            throw EngineError.noIndex(index, available: [MemoryEngine.plainScan])
        }
        let query = try vector(request.query)
        let allowed = ledger.records(passing: request.filter, before: nil, limit: .max)
        let leftOut = request.leftOut
        let hits = allowed.filter { !leftOut.contains($0.id) }.compactMap { record -> SearchHit? in
            guard let vector = try? vector(of: record.id) else { return nil }
            return SearchHit(record: record, distance: model.metric.distance(query, vector))
        }
        .filter { $0.distance <= request.maximumDistance ?? .infinity }
        .filter { request.cursor?.precedes(distance: $0.distance, id: $0.record.id) ?? true }
        .sorted { ($0.distance, $0.record.id) < ($1.distance, $1.record.id) }
        let plan = SearchPlan(
            index: MemoryEngine.plainScan, exact: true, scanned: allowed.count,
            filter: request.filter.map { _ in SearchPlan.Filtering(way: .rows, allowed: allowed.count) })
        return SearchResponse(
            hits: Array(hits.prefix(request.k)), plan: plan, nextCursor: request.cursor(behind: hits))
    }

    private func vector(_ query: SearchRequest.Query) throws -> Embedding {
        switch query {
        case .embedding(let embedding, let named):
            if let named, named != model { throw EngineError.modelMismatch(got: named, expected: model) }
            guard embedding.dimension == model.dimension else {
                throw VectorError.dimensionMismatch(got: embedding.dimension, expected: model.dimension)
            }
            return embedding
        case .image(let id): return try vector(of: id)
        case .examples(let examples):
            let vectors = try examples.map { example in
                switch example.source {
                case .embedding(let embedding, let model):
                    (try vector(.embedding(embedding, of: model)), example.weight)
                case .image(let id): (try vector(of: id), example.weight)
                }
            }
            return try Rocchio.combine(vectors, metric: model.metric)
        }
    }
}

// MARK: - PictureLedger, TileLedger

extension MemoryEngine {
    public func commit(_ unit: IngestUnit) async throws -> [IngestOutcome] {
        if case .outcomes(let outcomes) = try change(.commit(unit)) { outcomes } else { [] }
    }

    public func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord {
        guard case .record(let record) = try change(.update(id, attributes: patch)) else {
            throw EngineError.unknownImage(id)
        }
        return record
    }

    public func remove(_ ids: [ImageID]) async throws -> Int { try count(.remove(ids)) }

    public func forget(_ locations: [SourceLocation]) async throws -> Int { try count(.forget(locations)) }

    public func begin(_ file: ContainerFile) async throws -> Int64 {
        if case .container(let id) = try change(.begin(file)) { id } else { 0 }
    }

    public func move(container id: Int64, to path: String, on machine: MachineName) async throws {
        _ = try change(.move(container: id, path: path, machine: machine))
    }

    public func finish(container id: Int64, isComplete: Bool, forgetting windows: [PixelWindow]) async throws -> Int {
        try count(.finish(container: id, isComplete: isComplete, forgetting: windows))
    }

    public func forget(containers ids: [Int64]) async throws -> Int { try count(.forgetContainers(ids)) }

    private func count(_ change: LedgerChange) throws -> Int {
        if case .count(let count) = try self.change(change) { count } else { 0 }
    }

    public func sources(at locations: [SourceLocation]) async throws -> [ImageSource?] { ledger.sources(at: locations) }

    public func known(_ hashes: [ContentHash]) async throws -> [[PictureOrigin]] { ledger.known(hashes) }

    public func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) async throws -> [SourceLocation] { ledger.locations(below: path, on: machine, after: location, limit: limit) }

    public func records(_ ids: [ImageID]) async throws -> [ImageRecord] { ledger.records(ids) }

    public func records(passing filter: Filter?, before id: ImageID?, limit: Int) async throws -> [ImageRecord] {
        ledger.records(passing: filter, before: id, limit: limit)
    }

    public func origins(of ids: [ImageID]) async throws -> [PictureOrigin?] { ledger.origins(of: ids) }

    public func uploads(after hash: ContentHash?, limit: Int) async throws -> [PictureOrigin] {
        ledger.uploads(after: hash, limit: limit)
    }

    public func lost(after id: ImageID?, limit: Int) async throws -> [PictureOrigin] {
        ledger.lost(after: id, limit: limit)
    }

    public func attributeSummaries() async throws -> [AttributeSummary] { ledger.attributeSummaries() }

    public func containers(
        _ kind: TileContainer.Kind?, after id: Int64?, limit: Int
    ) async throws -> [CountedContainer] { ledger.containers(kind, after: id, limit: limit) }

    public func container(_ id: Int64) async throws -> TileContainer? { ledger.containers[id] }

    public func container(at path: String, on machine: MachineName) async throws -> TileContainer? {
        ledger.container(at: path, on: machine)
    }

    public func tiles(of container: Int64, after window: PixelWindow?, limit: Int) async throws -> [LedgerTile] {
        ledger.tiles(of: container, after: window, limit: limit)
    }
}
