public import SosiaCore
import Synchronization

/// A collection whose pictures a ledger knows and whose vectors a service without transactions finds.
///
/// A change is planned by the ledger, its rows are written to the service under keys that were never given before, and
/// the ledger's commit makes it true; only then are the rows taken away that it replaced. Whatever stops between two
/// steps leaves rows that the ledger does not name. They are never given, and ``compact(progress:)`` takes them away.
///
/// The promises of a `CollectionEngine` are kept with these limits, which its abilities state:
/// - A search sees one state of the ledger, or, while others commit without a pause, parts of some that followed each
///   other; each hit was in the collection at some time during the search.
/// - What an engine has written it sees at once. Where the service shows writes late, others see them late.
public final class CatalogedEngine<Service: VectorService>: CollectionEngine, LedgerEngine {
    /// How often a change is planned anew because others were quicker.
    static var maximumPlans: Int { 64 }

    public let abilities: EngineAbilities
    public let model: ModelIdentity
    public let identity: PictureIdentity

    let service: Service
    let ledger: any VectorLedger
    package var ledgerRecords: any PictureRecords & TileRecords { ledger }
    let limits: VectorServiceLimits
    private let access: CollectionAccess
    /// Rows of this engine that the service may not show yet unless it is asked for them by key.
    private let unseen = Mutex<Set<VectorKey>>([])

    /// - Parameters:
    ///   - service: holds the rows of this collection and no others.
    ///   - ledger: says what the collection is.
    ///   - access: changes of what was opened for reading are refused.
    /// - Throws: `EngineError.unsupported` where the service does not know the metric or takes no vectors of that
    ///   dimension.
    public init(
        _ service: Service, ledger: any VectorLedger, access: CollectionAccess = .write
    ) throws(EngineError) {
        self.service = service
        self.ledger = ledger
        self.access = access
        limits = service.limits
        abilities = limits.abilities
        model = ledger.description.model
        identity = ledger.description.identity
        guard abilities.metrics.contains(model.metric) else {
            throw .unsupported(
                "compare by \(model.metric.rawValue)", engine: abilities.engine,
                instead: "it knows \(abilities.metrics.map(\.rawValue).joined(separator: ", "))")
        }
        guard model.dimension <= abilities.maximumDimension else {
            throw .unsupported(
                "hold vectors of dimension \(model.dimension)", engine: abilities.engine,
                instead: "it takes up to \(abilities.maximumDimension)")
        }
    }

    /// Makes a change of the collection.
    /// - Throws: what the change throws; `StoreError.busy` when others are quicker all the time;
    ///   `StoreError.readOnly`; `StoreError.vectorsDamaged` when the vector of a picture that stays is gone; the service's own errors.
    @discardableResult
    package func change(_ change: LedgerChange) async throws -> LedgerResult {
        try checkWritable()
        for _ in 0..<Self.maximumPlans {
            try Task.checkCancellation()
            let plan = try await ledger.plan(change)
            let keys = plan.rows.map(\.key)
            guard try await write(plan) else { continue }
            try await remember(keys)
            // An error may come after the commit was made: then the rows have to stay.
            guard try await ledger.commit(plan) else {
                await discard(keys)
                continue
            }
            await discard(plan.superseded)
            return plan.result
        }
        throw StoreError.busy(path: abilities.engine)
    }

    public func count() async throws -> Int { try await ledger.count() }

    /// - Throws: `StoreError.readOnly`
    func checkWritable() throws(StoreError) {
        guard access != .read else { throw .readOnly(path: abilities.engine) }
    }

    /// Writes the rows of a plan.
    /// - Returns: false when the ledger has changed meanwhile, so that a vector to be copied is gone.
    private func write(_ plan: LedgerPlan) async throws -> Bool {
        do {
            for part in plan.rows.parts(of: limits.rowsPerCall) {
                try Task.checkCancellation()
                guard let rows = try await rows(part, of: plan) else {
                    await discard(plan.rows.map(\.key))
                    return false
                }
                try await service.upsert(rows)
            }
            return true
        } catch {
            await discard(plan.rows.map(\.key))
            throw error
        }
    }

    private func rows(_ planned: ArraySlice<PlannedRow>, of plan: LedgerPlan) async throws -> [ServiceRow]? {
        let copied = planned.compactMap { row in
            if case .copied(let key) = row.vector { key } else { nil }
        }
        let old = copied.isEmpty ? [] : try await service.rows(Array(Set(copied)))
        let vectors = Dictionary(old.map { ($0.key, $0.embedding) }) { first, _ in first }
        var rows: [ServiceRow] = []
        for row in planned {
            switch row.vector {
            case .given(let embedding):
                rows.append(ServiceRow(key: row.key, embedding: embedding, picture: row.picture))
            case .copied(let key):
                if let embedding = vectors[key] {
                    rows.append(ServiceRow(key: row.key, embedding: embedding, picture: row.picture))
                } else if try await ledger.revision() != plan.revision {
                    return nil
                } else {
                    throw missing(row.picture.id)
                }
            }
        }
        return rows
    }

    func missing(_ id: ImageID) -> StoreError {
        .vectorsDamaged(path: abilities.engine, reason: "the vector of picture \(id) is missing")
    }

    /// Takes rows away that nobody names. When that fails they lie there until the collection is compacted.
    private func discard(_ keys: [VectorKey]) async {
        unseen.withLock { $0.subtract(keys) }
        for part in keys.parts(of: limits.rowsPerCall) { try? await service.delete(Array(part)) }
    }

    /// Remembers rows that this engine wrote until the service shows them.
    private func remember(_ keys: [VectorKey]) async throws {
        guard abilities.visibility == .eventually else { return }
        let isFull = unseen.withLock { unseen in
            unseen.formUnion(keys)
            return unseen.count > keysPerCall
        }
        if isFull { try await refresh() }
    }

    /// Lets the service show all that this engine has written.
    func refresh() async throws {
        let written = unseen.withLock(\.self)
        try await service.refresh()
        unseen.withLock { $0.subtract(written) }
    }

    /// As many rows as can be measured by one call, all of them.
    var keysPerCall: Int { min(limits.keysPerCall, limits.hitsPerCall) }

    /// Rows that have to be asked for by key to be found for certain.
    var hidden: [VectorKey] { unseen.withLock { Array($0) } }
}

extension RandomAccessCollection where Index == Int {
    /// The collection in slices of at most `count` elements.
    func parts(of count: Int) -> some Sequence<SubSequence> {
        stride(from: startIndex, to: endIndex, by: Swift.max(count, 1)).lazy.map { start in
            self[start..<Swift.min(start + Swift.max(count, 1), endIndex)]
        }
    }
}
