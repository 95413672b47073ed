public import SosiaCore
import Synchronization

/// The ledger in memory for engines whose vectors lie in a service.
public final class MemoryVectorLedger: VectorLedger {
    /// The ledger was told to lose an answer.
    public struct Failure: Error {}

    public let description: CollectionDescription
    private let state: Mutex<MemoryLedger>
    private let losesAnswer = Mutex(false)

    public init(_ description: CollectionDescription) {
        self.description = description
        state = Mutex(MemoryLedger(description))
    }

    /// Makes the next commit and then throws, as when a connection breaks before the answer comes.
    public func loseNextAnswer() { losesAnswer.withLock { $0 = true } }

    private func read<Value: Sendable>(_ body: (MemoryLedger) throws -> Value) rethrows -> Value {
        try state.withLock { try body($0) }
    }

    public func revision() async throws -> Int64 { read(\.revision) }

    public func plan(_ change: LedgerChange) async throws -> LedgerPlan {
        try state.withLock { ledger in
            let (revision, firstKey) = (ledger.revision, VectorKey(rawValue: ledger.nextKey))
            let firstID = ImageID(rawValue: ledger.nextID)
            var planned = ledger
            let applied = try planned.apply(change)
            ledger.pass(planned)
            return LedgerPlan(
                change: change, revision: revision, firstKey: firstKey, firstID: firstID, rows: applied.rows,
                superseded: applied.superseded, result: applied.result)
        }
    }

    public func commit(_ plan: LedgerPlan) async throws -> Bool {
        let isMade = try state.withLock { ledger in
            guard ledger.revision == plan.revision else { return false }
            try ledger.make(plan)
            return true
        }
        let isLost = losesAnswer.withLock { lost in
            defer { lost = false }
            return lost
        }
        if isLost { throw Failure() }
        return isMade
    }

    public func fence() async throws -> VectorKey { state.withLock { $0.fence() } }

    public func pictures(named keys: [VectorKey]) async throws -> [VectorKey: ImageRecord] {
        let keys = Set(keys)
        return read { ledger in
            let named = ledger.keys.filter { keys.contains($0.value) }
            return Dictionary(
                named.compactMap { id, key in ledger.pictures[id].map { (key, $0.record) } }
            ) { first, _ in first }
        }
    }

    public func keys(of ids: [ImageID]) async throws -> [ImageID: VectorKey] {
        let ids = Set(ids)
        return read { $0.keys.filter { ids.contains($0.key) } }
    }

    public func keys(passing filter: Filter, limit: Int) async throws -> [VectorKey]? {
        let keys = read { ledger in
            ledger.records(passing: filter, before: nil, limit: .max).compactMap { ledger.keys[$0.id] }
        }
        return keys.count > limit ? nil : keys
    }

    public func keys(after id: ImageID?, limit: Int) async throws -> [(id: ImageID, key: VectorKey)] {
        read { ledger in
            ledger.keys.filter { $0.key.rawValue > id?.rawValue ?? 0 }.sorted { $0.key < $1.key }.prefix(limit)
                .map { (id: $0.key, key: $0.value) }
        }
    }

    public func count() async throws -> Int { read(\.pictures.count) }

    public func status() async throws -> LedgerStatus {
        read { LedgerStatus(pictures: $0.pictures.count, lost: $0.lost.count, bytes: 0) }
    }

    public func verify() async throws -> [String] { [] }

    public func compact() async throws {}

    // MARK: - PictureRecords

    public func sources(at locations: [SourceLocation]) async throws -> [ImageSource?] {
        read { $0.sources(at: locations) }
    }

    public func known(_ hashes: [ContentHash]) async throws -> [[PictureOrigin]] { read { $0.known(hashes) } }

    public func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) async throws -> [SourceLocation] {
        read { $0.locations(below: path, on: machine, after: location, limit: limit) }
    }

    public func records(_ ids: [ImageID]) async throws -> [ImageRecord] { read { $0.records(ids) } }

    public func records(
        passing filter: Filter?, before id: ImageID?, limit: Int, bytes: Int
    ) async throws -> RecordPage {
        try read { try $0.records(passing: filter, before: id, limit: limit, bytes: bytes) }
    }

    public func origins(of ids: [ImageID]) async throws -> [PictureOrigin?] { read { $0.origins(of: ids) } }

    public func uploads(after hash: ContentHash?, limit: Int) async throws -> [PictureOrigin] {
        read { $0.uploads(after: hash, limit: limit) }
    }

    public func lost(after id: ImageID?, limit: Int) async throws -> [PictureOrigin] {
        read { $0.lost(after: id, limit: limit) }
    }

    public func attributeSummaries() async throws -> [AttributeSummary] { read { $0.attributeSummaries() } }

    // MARK: - TileRecords

    public func containers(
        _ kind: TileContainer.Kind?, after id: Int64?, limit: Int
    ) async throws -> [CountedContainer] {
        read { $0.containers(kind, after: id, limit: limit) }
    }

    public func container(_ id: Int64) async throws -> TileContainer? { read { $0.containers[id] } }

    public func container(at path: String, on machine: MachineName) async throws -> TileContainer? {
        read { $0.container(at: path, on: machine) }
    }

    public func tiles(of container: Int64, after window: PixelWindow?, limit: Int) async throws -> [LedgerTile] {
        read { $0.tiles(of: container, after: window, limit: limit) }
    }
}
