import Foundation
public import SosiaCore
import Synchronization
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
        /// See ``Store/exclusions()``.
        public let exclusions: [String]
    }

    /// Seconds for which an object that no picture names is left alone: whoever put it may be about to commit.
    package static let objectGrace: Double = 3_600

    /// Reads the whole truth and holds it against its checksums: the ledger, the vectors, the bytes of uploads, and the
    /// files of this machine that tiles were cut from. Changes nothing.
    /// - Parameters:
    ///   - files: whether the files of this machine are hashed, too, and held against what was added. Those that tiles were
    ///     cut from are told by their stamps all the same.
    ///   - progress: how many records, vectors and uploads of how many were looked at.
    /// - Throws: ``StoreError``, `ObjectStoreError`; `EngineError.unsupported` where the engine cannot do it.
    public func verify(
        files: Bool = false, progress: @escaping WorkProgress = { _, _ in }
    ) async throws -> VerifyReport {
        try await verify(files: files, objectGrace: Self.objectGrace, progress: progress)
    }

    package func verify(
        files: Bool = false, objectGrace: Double, progress: @escaping WorkProgress = { _, _ in }
    ) async throws -> VerifyReport {
        let kept = objects == nil ? 0 : try await uploads().count
        let steps = Atomic(0)
        let found = try await engine.verify { done, total in
            steps.store(total, ordering: .relaxed)
            progress(done, total + kept)
        }
        let done = steps.load(ordering: .relaxed)
        var problems = found.problems.map(VerifyReport.Problem.init)
        let isLedgerWhole = problems.isEmpty
        do {
            let orphans = try await strayObjects(writtenBefore: Date(timeIntervalSinceNow: -objectGrace))
            problems += try await damagedObjects { progress(done + min($0, kept), done + kept) }
            problems += try await changedContainers()
            let hashed = files ? try await hashFiles() : (count: 0, problems: [])
            problems += hashed.problems
            progress(done + kept, done + kept)
            return VerifyReport(
                pictures: found.pictures, vacant: found.vacant, files: hashed.count, problems: problems,
                notes: found.notes.map(VerifyReport.Note.init) + orphans.map(VerifyReport.Note.orphan))
        } catch let error as StoreError where !isLedgerWhole {
            // What is known to be damaged cannot be read to go on from there.
            problems.append(.ledger("what hangs on that was not looked at: \(error)"))
            return VerifyReport(pictures: found.pictures, vacant: found.vacant, problems: problems)
        }
    }

    /// The files of this machine that are not what tiles were cut from.
    private func changedContainers() async throws -> [VerifyReport.Problem] {
        let containers = try await countedContainers().map(\.container)
        return try await pieces.executor.run { [machine] in
            containers.map { (path: $0.path, state: $0.state(on: machine)) }
                .filter { $0.state == .changed || $0.state == .missing }
                .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
                .map { VerifyReport.Problem.container(path: $0.path, $0.state) }
        }
    }

    /// Mends damaged records from the files and uploads that they tell of, and takes out the pictures whose vectors cannot
    /// be read or are not what was written. Those are found no more, but keep ids and attributes: adding one of their
    /// sources brings them back.
    /// - Parameter address: of a collection that nobody else writes to.
    /// - Throws: ``StoreError``, ``StoreAddressError``; `EngineError.unsupported` where the engine cannot do it.
    public static func repair(
        _ address: String, machine: MachineName = .host, progress: @escaping WorkProgress = { _, _ in }
    ) async throws -> RepairReport {
        let address = try StoreAddress(address)
        let collection = try await CollectionOpener.current.open(
            address, .repair, CollectionOpener.Options(machine: machine))
        let store = Store(engine: collection.engine, objects: collection.objects, machine: machine)
        return try await collection.engine.repair(reading: { await store.facts(of: $0) }, progress: progress)
    }

    /// What the bytes of a picture say of it; nil for a tile, and when they are nowhere at hand.
    private func facts(of origin: PictureOrigin) async -> PictureFacts? {
        guard origin.tile == nil, let bytes = try? await original(of: origin).bytes else { return nil }
        return try? await queries.run { try self.decoder.decode(bytes, maxSide: Self.repairSide).facts }
    }

    /// Pixels a side: only what else the file says is wanted.
    private static let repairSide = 64

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
            for key in try await strayObjects(writtenBefore: date) {
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
            containers: containers.sorted { $0.container.path.utf8.lexicographicallyPrecedes($1.container.path.utf8) },
            exclusions: try await exclusions())
    }

    /// The pictures of each upload that the ledger knows.
    private func uploads() async throws -> [ContentHash: [ImageID]] {
        var known: [ContentHash: [ImageID]] = [:]
        var last: ContentHash?
        repeat {
            let page = try await engine.uploads(after: last, limit: 1_000)
            for origin in page { known[origin.hash, default: []].append(origin.id) }
            last = page.last?.hash
        } while last != nil
        return known
    }

    /// The objects put before a time that belong to no picture.
    private func strayObjects(writtenBefore date: Date) async throws -> [ContentHash] {
        guard let objects else { return [] }
        // The ledger first: what is committed meanwhile has objects that were put later than `date`.
        let known = try await uploads()
        var (strays, last): ([ContentHash], ContentHash?) = ([], nil)
        while true {
            let page = try await objects.objects(after: last, limit: 1_000)
            guard let end = page.last else { return strays }
            strays += page.lazy.filter { known[$0.key] == nil && $0.written < date }.map(\.key)
            last = end.key
        }
    }

    /// Reads the bytes of all uploads.
    private func damagedObjects(_ progress: (Int) -> Void) async throws -> [VerifyReport.Problem] {
        guard let objects else { return [] }
        var problems: [VerifyReport.Problem] = []
        for (position, upload) in try await uploads().sorted(by: { $0.key < $1.key }).enumerated() {
            progress(position)
            let condition = try await objects.examine(upload.key)
            if condition == .whole { continue }
            problems += upload.value.sorted().map { .original(of: $0, key: upload.key, condition) }
        }
        return problems
    }
}
