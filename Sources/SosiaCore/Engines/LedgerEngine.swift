/// Passes what it is asked about pictures and tiles on to a ledger of its own.
package protocol LedgerReader: PictureRecords, TileRecords {
    var ledgerRecords: any PictureRecords & TileRecords { get }
}

/// An engine whose pictures and tiles a ledger decides on: it says how a change of the ledger is made, and passes on the
/// rest.
package protocol LedgerEngine: LedgerReader, CollectionEngine {
    /// Makes a change of the collection.
    @discardableResult
    func change(_ change: LedgerChange) async throws -> LedgerResult
}

extension LedgerReader {
    public func sources(at locations: [SourceLocation]) async throws -> [ImageSource?] {
        try await ledgerRecords.sources(at: locations)
    }

    public func known(_ hashes: [ContentHash]) async throws -> [[PictureOrigin]] {
        try await ledgerRecords.known(hashes)
    }

    public func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) async throws -> [SourceLocation] {
        try await ledgerRecords.locations(below: path, on: machine, after: location, limit: limit)
    }

    public func records(_ ids: [ImageID]) async throws -> [ImageRecord] { try await ledgerRecords.records(ids) }

    public func records(
        passing filter: Filter?, before id: ImageID?, limit: Int, bytes: Int
    ) async throws -> RecordPage {
        try await ledgerRecords.records(passing: filter, before: id, limit: limit, bytes: bytes)
    }

    public func origins(of ids: [ImageID]) async throws -> [PictureOrigin?] {
        try await ledgerRecords.origins(of: ids)
    }

    public func uploads(after hash: ContentHash?, limit: Int) async throws -> [PictureOrigin] {
        try await ledgerRecords.uploads(after: hash, limit: limit)
    }

    public func lost(after id: ImageID?, limit: Int) async throws -> [PictureOrigin] {
        try await ledgerRecords.lost(after: id, limit: limit)
    }

    public func attributeSummaries() async throws -> [AttributeSummary] {
        try await ledgerRecords.attributeSummaries()
    }

    public var settings: Attributes { get async throws { try await ledgerRecords.settings } }

    public func containers(
        _ kind: TileContainer.Kind?, after id: Int64?, limit: Int
    ) async throws -> [CountedContainer] {
        try await ledgerRecords.containers(kind, after: id, limit: limit)
    }

    public func container(_ id: Int64) async throws -> TileContainer? { try await ledgerRecords.container(id) }

    public func container(at path: String, on machine: MachineName) async throws -> TileContainer? {
        try await ledgerRecords.container(at: path, on: machine)
    }

    public func tiles(of container: Int64, after window: PixelWindow?, limit: Int) async throws -> [LedgerTile] {
        try await ledgerRecords.tiles(of: container, after: window, limit: limit)
    }
}

extension LedgerEngine {
    public func commit(_ unit: IngestUnit) async throws -> [IngestOutcome] {
        try unit.check(dimension: model.dimension)
        guard case .outcomes(let outcomes) = try await change(.commit(unit)) else { throw wrongResult }
        return outcomes
    }

    public func update(_ id: ImageID, attributes patch: Attributes) async throws -> ImageRecord {
        guard case .record(let record) = try await change(.update(id, attributes: patch)) else { throw wrongResult }
        return record
    }

    public func remove(_ ids: [ImageID]) async throws -> Int { try await count(.remove(ids)) }

    public func forget(_ locations: [SourceLocation]) async throws -> Int { try await count(.forget(locations)) }

    public func remember(_ settings: Attributes) async throws {
        try settings.check(of: "the collection")
        try await change(.remember(settings))
    }

    public func begin(_ file: ContainerFile) async throws -> Int64 {
        guard case .container(let id) = try await change(.begin(file)) else { throw wrongResult }
        return id
    }

    public func move(container id: Int64, to path: String, on machine: MachineName) async throws {
        try await change(.move(container: id, path: path, machine: machine))
    }

    public func finish(
        container id: Int64, isComplete: Bool, forgetting windows: [PixelWindow]
    ) async throws -> Int {
        try await count(.finish(container: id, isComplete: isComplete, forgetting: windows))
    }

    public func forget(containers ids: [Int64]) async throws -> Int { try await count(.forgetContainers(ids)) }

    private func count(_ change: LedgerChange) async throws -> Int {
        guard case .count(let count) = try await self.change(change) else { throw wrongResult }
        return count
    }

    private var wrongResult: EngineError { .incomplete("the ledger answered a change with the result of another") }
}
