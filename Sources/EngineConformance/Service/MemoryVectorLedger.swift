public import SosiaCore
import Synchronization

/// A ledger in memory for engines whose vectors are in a service.
public final class MemoryVectorLedger: VectorLedger, LedgerReader {
    /// The answer was lost, as requested.
    public struct Failure: Error {}

    public let description: CollectionDescription
    private let state: Mutex<MemoryLedger>
    private let losesAnswer = Mutex(false)

    package var ledgerRecords: any PictureRecords & TileRecords { read(\.self) }

    public init(_ description: CollectionDescription) {
        self.description = description
        state = Mutex(MemoryLedger(description: description))
    }

    /// The next commit succeeds and then throws, as if the connection broke before the answer arrived.
    public func loseNextAnswer() { losesAnswer.withLock { $0 = true } }

    private func read<Value: Sendable>(_ body: (MemoryLedger) throws -> Value) rethrows -> Value {
        try state.withLock { try body($0) }
    }

    public func revision() async throws -> Int64 { read(\.revision) }

    public func plan(_ change: LedgerChange) async throws -> LedgerPlan {
        try state.withLock { ledger in
            var planned = ledger
            let plan = try planned.apply(change)
            ledger.pass(planned)
            return plan
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
}

// MARK: - Plans

extension MemoryLedger {
    /// Keys and ids that a plan has named are not used again.
    fileprivate mutating func pass(_ planned: MemoryLedger) {
        nextKey = max(nextKey, planned.nextKey)
        nextID = max(nextID, planned.nextID)
    }

    /// Makes a planned change with the numbers that the plan reserved.
    fileprivate mutating func make(_ plan: LedgerPlan) throws {
        var made = self
        (made.nextKey, made.nextID) = (plan.firstKey.rawValue, plan.firstID.rawValue)
        _ = try made.apply(plan.change)
        made.pass(self)
        self = made
    }

    /// Makes all existing plans out of date.
    fileprivate mutating func fence() -> VectorKey {
        revision += 1
        return VectorKey(rawValue: nextKey)
    }
}

// MARK: - Restoring

extension MemoryLedger {
    mutating func restore(_ picture: LedgerPicture, _ key: VectorKey) {
        let taken = Set(picture.sources.map(\.location))
        for other in pictures.values where other.id != picture.id {
            pictures[other.id]?.sources.removeAll { taken.contains($0.location) }
            let isSame = description.identity == .content && other.hash == picture.hash
            if isSame || pictures[other.id]?.sources.isEmpty == true { pictures[other.id] = nil }
        }
        (pictures[picture.id], keys[picture.id]) = (picture, key)
        nextID = max(nextID, picture.id.rawValue + 1)
        guard let tile = picture.tile, containers[tile.container] == nil else { return }
        nextContainer = max(nextContainer, tile.container + 1)
        containers[tile.container] = TileContainer(
            id: tile.container, path: tile.source, machine: tile.machine, kind: tile.kind,
            stamp: ImageSource.Stamp(size: 0, modified: 0), isComplete: false,
            facts: TileContainer.Facts(
                format: "", width: 0, height: 0, tiling: TileContainer.Tiling(tile: 0, stride: 0)))
    }
}
