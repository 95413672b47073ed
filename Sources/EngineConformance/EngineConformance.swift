public import SosiaCore

/// The promises of `SearchEngine`, as checks that any engine can be held against. It depends on no test library:
///
/// ```swift
/// @Test(arguments: EngineConformance.checks)
/// func keepsItsPromises(_ check: EngineConformance.Check) async throws {
///     try await check.run { model in try MyEngine(model) }
/// }
/// ```
public enum EngineConformance {
    /// One promise.
    public struct Check: Sendable, CustomStringConvertible {
        public let name: String
        let body: @Sendable (Subject) async throws -> Void

        public var description: String { name }

        /// - Parameter makeEngine: gives an empty engine for a model of 8 dimensions; called once.
        /// - Throws: ``ConformanceFailure``, or what the engine threw where it should not have.
        public func run(_ makeEngine: (ModelIdentity) async throws -> any SearchEngine) async throws {
            let model = EngineConformance.model
            try await body(Subject(check: name, engine: try await makeEngine(model)))
        }
    }

    /// What the engines under test hold: 8 dimensions, Euclidean distance.
    public static let model = ModelIdentity(
        name: "conformance", weightsSHA256: String(repeating: "0", count: 64), precision: .f32,
        descriptor: .init(pooling: .none), dimension: 8, metric: .l2)

    public static let checks: [Check] =
        writingChecks + searchChecks + filterChecks + placeChecks + pageChecks + exampleChecks
}

/// The engine under test, with the words the checks are written in.
struct Subject: Sendable {
    let check: String
    let engine: any SearchEngine

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

    /// A picture whose content and vector are given by one number.
    func draft(_ number: Int, at source: String? = nil, attributes: Attributes = [:]) throws -> ImageDraft {
        guard let hash = ContentHash(bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 8 * 8)) }) else {
            throw ConformanceFailure(check: check, fact: "no hash", line: #line)
        }
        return ImageDraft(
            hash: hash, embedding: try vector(number),
            facts: PictureFacts(format: "png", width: 10 + number, height: 20),
            source: ImageSource(location: source ?? "/pictures/\(number).png"), attributes: attributes)
    }

    /// Vectors on a line: the distance between two of them is the difference of their numbers.
    func vector(_ number: Int) throws -> Embedding {
        try Embedding([Float(number)] + [Float](repeating: 1, count: EngineConformance.model.dimension - 1))
    }
}
