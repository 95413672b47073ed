import Foundation
public import SosiaCore
import Workers

extension Store {
    /// What a collection holds and costs.
    public struct Status: Sendable, Hashable {
        /// nil for an engine of the caller's own.
        public let address: StoreAddress?
        /// Whose files are looked at.
        public let machine: MachineName
        public let model: ModelIdentity
        public let abilities: EngineAbilities
        /// Pictures, bytes, indexes.
        public let engine: EngineStatus
        /// The files that tiles were cut from, by path, and how many of each.
        public let containers: [CountedContainer]
    }

    /// Seconds for which an object that no picture names is left alone: whoever put it may be about to commit.
    package static let objectGrace: Double = 3_600

    /// Reads the whole truth and holds it against its checksums, the bytes of uploads against the ledger, and the
    /// files of this machine that tiles were cut from against what they were. Changes nothing.
    /// - Parameter progress: how many vectors of how many were looked at.
    /// - Throws: ``StoreError``, `ObjectStoreError`; `EngineError.unsupported` where the engine cannot do it.
    public func verify(progress: @escaping WorkProgress = { _, _ in }) async throws -> VerifyReport {
        try await verify(objectGrace: Self.objectGrace, progress: progress)
    }

    package func verify(
        objectGrace: Double, progress: @escaping WorkProgress = { _, _ in }
    ) async throws -> VerifyReport {
        let found = try await engine.verify(progress: progress)
        var problems = found.problems.map(VerifyReport.Problem.init)
        let (orphans, missing) = try await strayObjects(writtenBefore: Date(timeIntervalSinceNow: -objectGrace))
        problems += missing.map(VerifyReport.Problem.originalMissing)
        problems += orphans.map(VerifyReport.Problem.orphan)
        let containers = try await countedContainers().map(\.container)
        problems += try await pieces.executor.run { [machine] in
            containers.map { (path: $0.path, state: $0.state(on: machine)) }
                .filter { $0.state == .changed || $0.state == .missing }
                .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
                .map { VerifyReport.Problem.container(path: $0.path, $0.state) }
        }
        return VerifyReport(pictures: found.pictures, vacant: found.vacant, problems: problems)
    }

    /// Takes out the pictures whose vectors cannot be read or are not what was written. They are found no more, but keep
    /// ids and attributes: adding one of their sources brings them back.
    /// - Parameter address: of a collection that nobody else writes to.
    /// - Throws: ``StoreError``, ``StoreAddressError``; `EngineError.unsupported` where the engine cannot do it.
    public static func repair(
        _ address: String, machine: MachineName = .host, progress: @escaping WorkProgress = { _, _ in }
    ) async throws -> RepairReport {
        let collection = try await CollectionOpener.current.open(
            StoreAddress(address), .repair, CollectionOpener.Options(machine: machine))
        return try await collection.engine.repair(progress: progress)
    }

    /// Gives the space of removed pictures back, and takes away the bytes of uploads that no picture names and that were
    /// put more than an hour ago.
    /// - Parameter progress: how many vectors of how many are written.
    /// - Throws: ``StoreError``, `ObjectStoreError`; `EngineError.unsupported` where the engine cannot do it.
    public func compact(progress: @escaping WorkProgress = { _, _ in }) async throws -> CompactionReport {
        try await compact(objectGrace: Self.objectGrace, progress: progress)
    }

    package func compact(
        objectGrace: Double, progress: @escaping WorkProgress = { _, _ in }
    ) async throws -> CompactionReport {
        try checkWritable()
        if let objects {
            let date = Date(timeIntervalSinceNow: -objectGrace)
            for key in try await strayObjects(writtenBefore: date).orphans {
                _ = try await objects.remove(key, writtenBefore: date)
            }
        }
        return try await engine.compact(progress: progress)
    }

    /// Builds the indexes that make searches quick, where that pays; returns at once otherwise.
    /// - Parameter progress: the rows that are in the new indexes, and all that will be.
    /// - Throws: ``StoreError``
    public func prepareIndexes(
        _ demand: IndexDemand = .whatPays, progress: @escaping WorkProgress = { _, _ in }
    ) async throws {
        try await engine.prepareIndexes(demand, progress: progress)
    }

    /// Connected groups of near-duplicates: pictures within a distance of one another, directly or by others between.
    /// - Parameters:
    ///   - distance: by the collection's metric.
    ///   - limit: groups of a page.
    ///   - after: `DuplicatesResponse.next` of the page before.
    /// - Throws: `EngineError.invalidDistance`, `.invalidLimit`; ``StoreError``
    public func duplicates(
        within distance: Float, limit: Int = DuplicatesResponse.defaultGroups, after: ImageID? = nil,
        progress: @escaping WorkProgress = { _, _ in }
    ) async throws -> DuplicatesResponse {
        try await engine.duplicates(within: distance, limit: limit, after: after, progress: progress)
    }

    /// What the collection holds and costs.
    /// - Throws: ``StoreError``
    public func status() async throws -> Status {
        let containers = try await countedContainers()
        return Status(
            address: address, machine: machine, model: model, abilities: abilities, engine: try await engine.status(),
            containers: containers.sorted { $0.container.path.utf8.lexicographicallyPrecedes($1.container.path.utf8) })
    }

    /// The objects put before a time that belong to no picture, and the uploads that have no object.
    private func strayObjects(
        writtenBefore date: Date
    ) async throws -> (orphans: [ContentHash], missing: [ImageID]) {
        guard let objects else { return ([], []) }
        // The ledger first: what is committed meanwhile has objects that were put later than `date`.
        var wanted: [ContentHash: [ImageID]] = [:]
        var last: ContentHash?
        repeat {
            let page = try await engine.uploads(after: last, limit: 1_000)
            for origin in page { wanted[origin.hash, default: []].append(origin.id) }
            last = page.last?.hash
        } while last != nil
        var orphans: [ContentHash] = []
        while true {
            let page = try await objects.objects(after: last, limit: 1_000)
            guard let end = page.last else { break }
            for object in page where wanted.removeValue(forKey: object.key) == nil && object.written < date {
                orphans.append(object.key)
            }
            last = end.key
        }
        return (orphans, wanted.values.joined().sorted())
    }
}
