public import SosiaCore
import Synchronization

/// The specification in code: every promise of a `CollectionEngine` in its plainest form, by brute force, under one lock.
///
/// It keeps nothing when its process ends. Tests run whole sessions on it; a new engine is read beside it.
public final class MemoryEngine: CollectionEngine {
    private struct State {
        var ledger: MemoryLedger
        var vectors: [VectorKey: Embedding] = [:]
        /// Rows of pictures that were removed or changed since the last compaction.
        var vacant = 0
        var generation: Int64 = 0
    }

    public static let abilities = EngineAbilities(
        engine: "memory", isExactProven: true, writers: .many, visibility: .atOnce, maximumDimension: 65_536,
        maximumAttributeBytes: 1 << 20, metrics: [.l2, .cosine, .innerProduct], isRecallCalibrated: false,
        keepsVectorBits: true, upkeep: [.duplicates, .verify, .repair, .compact])

    private static let plainScan = "flat"

    public let model: ModelIdentity
    public let identity: PictureIdentity
    private let state: Mutex<State>

    public init(_ description: CollectionDescription) {
        model = description.model
        identity = description.identity
        state = Mutex(State(ledger: MemoryLedger(description)))
    }

    public var abilities: EngineAbilities { Self.abilities }

    /// Overwrites a vector behind the engine's back, as a failing disk would.
    public func damage(_ id: ImageID) {
        state.withLock { state in
            guard let key = state.ledger.keys[id] else { return }
            state.vectors[key] = nil
        }
    }

    private func change(_ change: LedgerChange) throws -> LedgerResult {
        try state.withLock { state in
            var ledger = state.ledger
            let applied = try ledger.apply(change)
            var written: [VectorKey: Embedding] = [:]
            for row in applied.rows {
                switch row.vector {
                case .given(let embedding): written[row.key] = embedding
                case .copied(let key): written[row.key] = state.vectors[key]
                }
            }
            for key in applied.superseded { state.vectors[key] = nil }
            state.vacant += max(applied.superseded.count - applied.rows.count, 0)
            state.vectors.merge(written) { _, new in new }
            state.ledger = ledger
            return applied.result
        }
    }

    private func ledger<Value: Sendable>(_ body: (MemoryLedger) throws -> Value) rethrows -> Value {
        try state.withLock { try body($0.ledger) }
    }
}

// MARK: - SearchEngine

extension MemoryEngine {
    public func search(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        try SearchRequest.check(batch: requests)
        return try state.withLock { state in try requests.map { try Self.answer($0, in: state) } }
    }

    private static func answer(_ request: SearchRequest, in state: State) throws -> SearchResponse {
        if let index = request.index, index != plainScan {
            throw EngineError.noIndex(index, available: [plainScan])
        }
        let query = try vector(request.query, in: state)
        let allowed = state.ledger.records(passing: request.filter, before: nil, limit: .max)
        let leftOut = request.leftOut
        let hits = allowed.compactMap { record -> SearchHit? in
            guard !leftOut.contains(record.id), let vector = self.vector(of: record.id, in: state) else { return nil }
            return SearchHit(record: record, distance: state.ledger.description.model.metric.distance(query, vector))
        }
        .filter { $0.distance <= request.maximumDistance ?? .infinity }
        .filter { request.cursor?.precedes(distance: $0.distance, id: $0.record.id) ?? true }
        .sorted { ($0.distance, $0.record.id) < ($1.distance, $1.record.id) }
        let plan = SearchPlan(
            index: plainScan, exact: true, scanned: allowed.count,
            filter: request.filter.map { _ in SearchPlan.Filtering(way: .rows, allowed: allowed.count) })
        return SearchResponse(
            hits: Array(hits.prefix(request.k)), plan: plan, nextCursor: request.cursor(behind: hits))
    }

    private static func vector(_ query: SearchRequest.Query, in state: State) throws -> Embedding {
        switch query {
        case .embedding(let embedding, let model):
            return try checked(embedding, of: model, state.ledger.description.model)
        case .image(let id):
            guard let vector = vector(of: id, in: state) else { throw EngineError.unknownImage(id) }
            return vector
        case .examples(let examples):
            let vectors = try examples.map { example in
                switch example.source {
                case .embedding(let embedding, let model):
                    (try checked(embedding, of: model, state.ledger.description.model), example.weight)
                case .image(let id): (try vector(.image(id), in: state), example.weight)
                }
            }
            return try Rocchio.combine(vectors, metric: state.ledger.description.model.metric)
        }
    }

    private static func checked(
        _ embedding: Embedding, of model: ModelIdentity?, _ expected: ModelIdentity
    ) throws -> Embedding {
        if let model, model != expected { throw EngineError.modelMismatch(got: model, expected: expected) }
        guard embedding.dimension == expected.dimension else {
            throw VectorError.dimensionMismatch(got: embedding.dimension, expected: expected.dimension)
        }
        return embedding
    }

    private static func vector(of id: ImageID, in state: State) -> Embedding? {
        state.ledger.keys[id].flatMap { state.vectors[$0] }
    }

    public func embedding(of id: ImageID) async throws -> Embedding {
        guard let vector = state.withLock({ Self.vector(of: id, in: $0) }) else { throw EngineError.unknownImage(id) }
        return vector
    }

    public func vectors(after id: ImageID?, limit: Int) async throws -> [StoredVector] {
        state.withLock { state in
            state.ledger.keys.keys.filter { $0.rawValue > id?.rawValue ?? 0 }.sorted().prefix(limit)
                .compactMap { id in Self.vector(of: id, in: state).map { StoredVector(id: id, embedding: $0) } }
        }
    }

    public func count() async throws -> Int { ledger(\.pictures.count) }
}

// MARK: - PictureLedger

extension MemoryEngine {
    public func commit(_ unit: IngestUnit) async throws -> [IngestOutcome] {
        guard case .outcomes(let outcomes) = try change(.commit(unit)) else { return [] }
        return outcomes
    }

    public func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord {
        guard case .record(let record) = try change(.update(id, attributes: patch)) else {
            throw EngineError.unknownImage(id)
        }
        return record
    }

    public func remove(_ ids: [ImageID]) async throws -> Int { try count(.remove(ids)) }

    public func forget(_ locations: [SourceLocation]) async throws -> Int { try count(.forget(locations)) }

    private func count(_ change: LedgerChange) throws -> Int {
        if case .count(let count) = try self.change(change) { count } else { 0 }
    }

    public func sources(at locations: [SourceLocation]) async throws -> [ImageSource?] {
        ledger { $0.sources(at: locations) }
    }

    public func known(_ hashes: [ContentHash]) async throws -> [[PictureOrigin]] { ledger { $0.known(hashes) } }

    public func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) async throws -> [SourceLocation] {
        ledger { $0.locations(below: path, on: machine, after: location, limit: limit) }
    }

    public func records(_ ids: [ImageID]) async throws -> [ImageRecord] { ledger { $0.records(ids) } }

    public func records(passing filter: Filter?, before id: ImageID?, limit: Int) async throws -> [ImageRecord] {
        ledger { $0.records(passing: filter, before: id, limit: limit) }
    }

    public func origins(of ids: [ImageID]) async throws -> [PictureOrigin?] { ledger { $0.origins(of: ids) } }

    public func uploads(after hash: ContentHash?, limit: Int) async throws -> [PictureOrigin] {
        ledger { $0.uploads(after: hash, limit: limit) }
    }

    public func lost(after id: ImageID?, limit: Int) async throws -> [PictureOrigin] {
        ledger { $0.lost(after: id, limit: limit) }
    }

    public func attributeSummaries() async throws -> [AttributeSummary] { ledger { $0.attributeSummaries() } }
}

// MARK: - TileLedger

extension MemoryEngine {
    public func containers(_ kind: TileContainer.Kind?, after id: Int64?, limit: Int) async throws -> [CountedContainer]
    {
        ledger { $0.containers(kind, after: id, limit: limit) }
    }

    public func container(_ id: Int64) async throws -> TileContainer? { ledger { $0.containers[id] } }

    public func container(at path: String, on machine: MachineName) async throws -> TileContainer? {
        ledger { $0.container(at: path, on: machine) }
    }

    public func tiles(of container: Int64, after window: PixelWindow?, limit: Int) async throws -> [LedgerTile] {
        ledger { $0.tiles(of: container, after: window, limit: limit) }
    }

    public func begin(_ file: ContainerFile) async throws -> Int64 {
        if case .container(let id) = try change(.begin(file)) { id } else { 0 }
    }

    public func move(container id: Int64, to path: String, on machine: MachineName) async throws {
        _ = try change(.move(container: id, path: path, machine: machine))
    }

    public func finish(
        container id: Int64, isComplete: Bool, forgetting windows: [PixelWindow]
    ) async throws -> Int {
        try count(.finish(container: id, isComplete: isComplete, forgetting: windows))
    }

    public func forget(containers ids: [Int64]) async throws -> Int { try count(.forgetContainers(ids)) }
}

// MARK: - EngineUpkeep

extension MemoryEngine {
    public func prepare() async throws {}

    public func status() async throws -> EngineStatus {
        state.withLock { state in
            EngineStatus(
                pictures: state.ledger.pictures.count, vacant: state.vacant, lost: state.ledger.lost.count,
                generation: state.generation, ledgerBytes: 0,
                vectorBytes: Int64(state.vectors.count * model.dimension * MemoryLayout<Float>.size), indexes: [])
        }
    }

    /// The plain scan is all there is.
    public func prepareIndexes(_ demand: IndexDemand, progress: @escaping WorkProgress) async throws {}

    public func duplicates(
        within distance: Float, limit: Int, after: ImageID?, progress: @escaping WorkProgress
    ) async throws -> DuplicatesResponse {
        try DuplicatesResponse.check(distance: distance, limit: limit)
        let vectors = try await vectors(after: nil, limit: .max)
        var (groups, nearest): ([[ImageID]], [ImageID: Float]) = ([], [:])
        for (index, vector) in vectors.enumerated() {
            try Task.checkCancellation()
            let near = vectors.filter { $0.id != vector.id }
                .map { (id: $0.id, distance: model.metric.distance(vector.embedding, $0.embedding)) }
                .filter { $0.distance <= distance }
            if !near.isEmpty {
                nearest[vector.id] = near.map(\.distance).min()
                let members = near.map(\.id) + [vector.id]
                let joined = groups.filter { !Set($0).isDisjoint(with: members) }
                groups.removeAll { !Set($0).isDisjoint(with: members) }
                groups.append(Set(joined.joined()).union(members).sorted())
            }
            progress(index + 1, vectors.count)
        }
        let all = groups.sorted { $0[0] < $1[0] }
            .map { DuplicateGroup(members: $0.map { DuplicateGroup.Member(id: $0, distance: nearest[$0] ?? 0) }) }
        let rest = all.filter { group in after.map { group.members[0].id > $0 } ?? true }
        let page = Array(rest.prefix(limit))
        return DuplicatesResponse(
            groups: page, total: all.count, truncated: 0,
            next: page.count < rest.count ? page.last?.members[0].id : nil)
    }

    public func verify(progress: @escaping WorkProgress) async throws -> EngineVerification {
        state.withLock { state in
            let bad = state.ledger.keys.filter { state.vectors[$0.value] == nil }.map(\.key).sorted()
            return EngineVerification(
                pictures: state.ledger.pictures.count, vacant: state.vacant,
                problems: bad.map { .vector(of: $0, row: Int($0.rawValue)) })
        }
    }

    public func repair(progress: @escaping WorkProgress) async throws -> RepairReport {
        let bad = state.withLock { state in state.ledger.keys.filter { state.vectors[$0.value] == nil }.map(\.key) }
        _ = try change(.lose(bad))
        return RepairReport(pictures: ledger(\.pictures.count), lost: try await lost(after: nil, limit: .max))
    }

    public func compact(progress: @escaping WorkProgress) async throws -> CompactionReport {
        let before = try await status()
        state.withLock { state in
            state.vacant = 0
            state.generation += 1
        }
        return CompactionReport(pictures: before.pictures, bytesBefore: before.vectorBytes, bytesAfter: before.vectorBytes)
    }
}

extension Metric {
    /// By the definitions of ``Metric``, in double precision.
    func distance(_ one: Embedding, _ other: Embedding) -> Float {
        let pairs = zip(one.values, other.values).map { (Double($0), Double($1)) }
        let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
        switch self {
        case .l2: return Float(pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
        case .innerProduct: return Float(-product)
        case .cosine:
            let lengths = (pairs.reduce(0) { $0 + $1.0 * $1.0 } * pairs.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
            return lengths > 0 ? Float(max(1 - product / lengths, 0)) : 1
        case .hamming:
            return Float(zip(one.values, other.values).reduce(0) { $0 + ($1.0.bitPattern ^ $1.1.bitPattern).nonzeroBitCount })
        }
    }
}

/// Serves the checks from memory.
public actor MemoryHost: ConformanceHost {
    private var engine: MemoryEngine?

    public init() {}

    /// Makes an empty engine.
    public func create(_ description: CollectionDescription) -> any CollectionEngine {
        let engine = MemoryEngine(description)
        self.engine = engine
        return engine
    }

    /// The same engine: there is one for all of its process.
    public func open(_ access: CollectionAccess) -> (any CollectionEngine)? { engine }

    /// Takes the vector away.
    public func damageVector(of id: ImageID) -> (any CollectionEngine)? {
        engine?.damage(id)
        return engine
    }
}
