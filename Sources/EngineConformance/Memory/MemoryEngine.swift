public import SosiaCore
import Synchronization

/// The specification in code: every promise of a `CollectionEngine` in its plainest form, by brute force, under one lock.
///
/// Nothing outlives the process. Tests run whole sessions on it, and whoever writes an engine can look up here what a
/// promise means.
public final class MemoryEngine: CollectionEngine, LedgerEngine {
    /// What all engines that opened a collection share.
    private final class Memory: Sendable {
        let state: Mutex<State>

        init(_ description: CollectionDescription) {
            state = Mutex(State(ledger: MemoryLedger(description: description)))
        }
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

    /// Creates an empty collection.
    public init(_ description: CollectionDescription) {
        model = description.model
        identity = description.identity
        access = .write
        memory = Memory(description)
    }

    /// Opens another engine's collection again.
    public init(opening other: MemoryEngine, access: CollectionAccess) {
        model = other.model
        identity = other.identity
        self.access = access
        memory = other.memory
    }

    public var abilities: EngineAbilities { Self.abilities }

    /// Overwrites a vector behind the engine's back, as a failing disk would.
    public func damage(_ id: ImageID) {
        memory.state.withLock { state in
            if let key = state.ledger.keys[id] { state.vectors[key] = nil }
        }
    }

    func write<Value: Sendable>(_ body: (inout sending State) throws -> sending Value) throws -> Value {
        guard access != .read else { throw StoreError.readOnly(path: "the collection in memory") }
        return try memory.state.withLock(body)
    }

    @discardableResult
    package func change(_ change: LedgerChange) throws -> LedgerResult { try write { try $0.apply(change) } }

    /// The whole collection at one moment.
    var state: State { memory.state.withLock { $0 } }

    package var ledgerRecords: any PictureRecords & TileRecords { state.ledger }
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

        mutating func apply(_ change: LedgerChange) throws -> LedgerResult {
            var ledger = ledger
            let plan = try ledger.apply(change)
            var copied: Set<VectorKey> = []
            for row in plan.rows {
                switch row.vector {
                case .given(let embedding): vectors[row.key] = embedding
                case .copied(let key):
                    vectors[row.key] = vectors[key]
                    copied.insert(key)
                }
            }
            for key in plan.superseded { vectors[key] = nil }
            vacant += Set(plan.superseded).subtracting(copied).count
            self.ledger = ledger
            return plan.result
        }

        /// Starts a new generation without vacant rows.
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

    public func count() async throws -> Int { state.ledger.pictures.count }
}

extension MemoryEngine.State {
    fileprivate func answer(_ request: SearchRequest) throws -> SearchResponse {
        if let index = request.index, index != MemoryEngine.plainScan {
            throw EngineError.noIndex(index, available: [MemoryEngine.plainScan])
        }
        let query = try request.vector(for: model, of: vector)
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
}
