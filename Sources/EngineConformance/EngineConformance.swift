public import SosiaCore

/// The promises of `CollectionEngine`, as checks for any engine. It depends on no test library:
///
/// ```swift
/// @Test(arguments: EngineConformance.checks)
/// func keepsItsPromises(_ check: EngineConformance.Check) async throws {
///     guard check.isFor(MyEngine.abilities) else { return }
///     try await check.run(on: MyHost())
/// }
/// ```
public enum EngineConformance {
    /// One promise.
    public struct Check: Sendable, CustomStringConvertible {
        public let name: String
        /// Whether the promise applies to an engine with these abilities.
        let needs: @Sendable (EngineAbilities) -> Bool
        let identity: PictureIdentity
        let body: @Sendable (Subject) async throws -> Void

        public var description: String { name }

        init(
            name: String, needs: @escaping @Sendable (EngineAbilities) -> Bool = { _ in true },
            identity: PictureIdentity = .content, body: @escaping @Sendable (Subject) async throws -> Void
        ) {
            self.name = name
            self.needs = needs
            self.identity = identity
            self.body = body
        }

        /// Whether the promise applies to an engine.
        public func isFor(_ abilities: EngineAbilities) -> Bool { needs(abilities) }

        /// - Parameter host: makes and opens engines; one host serves one check.
        /// - Throws: ``ConformanceFailure``, or an error that the engine should not have thrown.
        public func run(on host: some ConformanceHost) async throws {
            let description = CollectionDescription(
                model: EngineConformance.model, identity: identity, machine: EngineConformance.machine)
            let engine: any CollectionEngine
            do {
                engine = try await host.create(description)
            } catch EngineError.unsupported where identity != .content {
                return
            }
            try await body(Subject(check: name, host: host, engine: engine))
        }
    }

    /// The model whose vectors the engines under test hold: 8 dimensions, Euclidean distance.
    public static let model = ModelIdentity(
        name: "conformance", weightsSHA256: String(repeating: "0", count: 64), precision: .f32,
        descriptor: .init(pooling: .none), dimension: 8, metric: .l2)

    /// The machine whose files the checks name.
    public static let machine = MachineName(nearest: "here")

    public static let collection = CollectionDescription(model: model, machine: machine)

    public static let checks: [Check] =
        writingChecks + ingestChecks + fileChecks + locationChecks + recordChecks + uploadChecks + summaryChecks
        + textChecks + tileChecks + searchChecks + filterChecks + randomFilterChecks + positionChecks + pageChecks
        + exampleChecks + duplicateChecks + upkeepChecks + lostChecks + damageChecks + processChecks + abilityChecks
}

/// A promise that an engine or a store did not keep.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    public let check: String
    public let fact: String
    public let line: UInt

    public var description: String { "\(check), line \(line): \(fact)" }
}

/// Creates, opens and damages the collection of one check.
public protocol ConformanceHost: Sendable {
    /// Creates an empty collection and opens it for writing; called once.
    /// - Throws: `EngineError.unsupported` when the engine cannot keep pictures of this identity.
    func create(_ description: CollectionDescription) async throws -> any CollectionEngine

    /// Opens the collection again, as another process would.
    /// - Returns: nil if a collection cannot be opened twice, for example because it exists only in its process.
    /// - Throws: ``StoreError/locked(path:)`` if another engine is writing and only one can.
    func open(_ access: CollectionAccess) async throws -> (any CollectionEngine)?

    /// Overwrites part of a picture's stored vector behind the engine's back, as a failing disk would.
    /// - Returns: an engine that sees the damage, opened for repair; the ones returned before are no longer used. nil if the
    ///   stored vectors cannot be reached.
    func damageVector(of id: ImageID) async throws -> (any CollectionEngine)?

    /// Turns over one bit of a text that the ledger keeps, in the same way.
    /// - Parameter text: occurs in the record of one picture only.
    /// - Returns: likewise; nil when nobody can get at what the ledger keeps.
    func damageRecord(containing text: String) async throws -> (any CollectionEngine)?

    /// Takes the whole collection away, as somebody would who deletes its folder.
    /// - Returns: false when nobody can.
    func takeAway() async throws -> Bool
}

/// The engine under test, with the vocabulary of the checks.
struct Subject: Sendable {
    let check: String
    let host: any ConformanceHost
    let engine: any CollectionEngine

    func expect(_ condition: Bool, _ fact: @autoclosure () -> String, line: UInt = #line) throws {
        guard condition else { throw ConformanceFailure(check: check, fact: fact(), line: line) }
    }

    func equal<Value: Equatable>(_ got: Value, _ expected: Value, line: UInt = #line) throws {
        try expect(got == expected, "got \(got), expected \(expected)", line: line)
    }

    /// - Parameter body: must throw an error for which `matches` holds.
    func fails(
        line: UInt = #line, _ body: () async throws -> Void, matches: (any Error) -> Bool
    ) async throws {
        do {
            try await body()
        } catch {
            try expect(matches(error), "threw \(error)", line: line)
            return
        }
        throw ConformanceFailure(check: check, fact: "did not throw", line: line)
    }

    /// Commits entries as one unit.
    /// - Returns: one id per entry.
    func add(_ entries: [IngestEntry], line: UInt = #line) async throws -> [ImageID] {
        let outcomes = try await commit(entries, line: line)
        let ids = outcomes.compactMap(\.id)
        try equal(ids.count, entries.count, line: line)
        return ids
    }

    /// Commits entries as one unit.
    /// - Returns: one outcome per entry.
    func commit(_ entries: [IngestEntry], line: UInt = #line) async throws -> [IngestOutcome] {
        let outcomes = try await engine.commit(IngestUnit(entries))
        try equal(outcomes.count, entries.count, line: line)
        return outcomes
    }

    func record(_ id: ImageID, line: UInt = #line) async throws -> ImageRecord {
        let records = try await engine.records([id])
        guard let record = records.first else {
            throw ConformanceFailure(check: check, fact: "there is no picture \(id)", line: line)
        }
        return record
    }

    /// Reads pages until one is empty.
    /// - Parameter page: returns the page after an element; the first page for nil.
    func all<Element>(
        line: UInt = #line, _ page: (_ after: Element?) async throws -> [Element]
    ) async throws -> [Element] {
        var all: [Element] = []
        while true {
            let next = try await page(all.last)
            if next.isEmpty { return all }
            all += next
            try expect(all.count <= 10_000, "the pages do not end", line: line)
        }
    }

    /// A picture whose content and vector are determined by one number.
    func entry(
        _ number: Int, at path: String? = nil, vector: Embedding? = nil, attributes: Attributes = [:]
    ) throws -> IngestEntry {
        try entry(
            number, at: file(path ?? "/pictures/\(number).png"), vector: vector, attributes: attributes)
    }

    /// - Parameters:
    ///   - number: determines content and vector.
    ///   - isRead: false for bytes that are believed to be known and are therefore passed without content.
    func entry(
        _ number: Int, at location: SourceLocation, stamp: ImageSource.Stamp? = nil, isRead: Bool = true,
        vector: Embedding? = nil, tile: Tile? = nil, attributes: Attributes = [:], gone: [SourceLocation] = []
    ) throws -> IngestEntry {
        let facts = PictureFacts(format: "png", width: 10 + number, height: 20)
        let content = IngestEntry.Content(embedding: try vector ?? self.vector(number), facts: facts, tile: tile)
        return IngestEntry(
            hash: try hash(number), source: ImageSource(location: location, stamp: stamp),
            content: isRead ? content : nil, attributes: attributes, gone: gone)
    }

    func hash(_ number: Int) throws -> ContentHash {
        guard let hash = ContentHash(bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 8 * 8)) }) else {
            throw ConformanceFailure(check: check, fact: "no hash", line: #line)
        }
        return hash
    }

    func file(_ path: String, on machine: MachineName = EngineConformance.machine) -> SourceLocation {
        .file(path: path, machine: machine)
    }

    /// Vectors on a line: the distance between two of them is the difference of their numbers.
    func vector(_ number: Int) throws -> Embedding {
        try Embedding([Float(number)] + [Float](repeating: 1, count: EngineConformance.model.dimension - 1))
    }

    /// How to search for the nearest: with proof, if the engine can give it.
    var mode: SearchRequest.Mode { engine.abilities.isExactProven ? .exact : .automatic }
}
