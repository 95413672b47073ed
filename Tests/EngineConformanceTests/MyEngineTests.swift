import EngineConformance
import SosiaCore
import Testing

/// The test that docs/Engines.md shows, on the engine that is the specification.
private typealias MyEngine = MemoryEngine

struct MyEngineTests {
    @Test(arguments: EngineConformance.checks)
    func keepsItsPromises(_ check: EngineConformance.Check) async throws {
        guard check.isFor(MyEngine.abilities) else { return }
        try await check.run(on: MyHost())
    }
}

actor MyHost: ConformanceHost {
    private var engine: MyEngine?

    func create(_ description: CollectionDescription) async throws -> any CollectionEngine {
        let engine = MyEngine(description)
        self.engine = engine
        return engine
    }

    func open(_ access: CollectionAccess) async throws -> (any CollectionEngine)? {
        engine.map { MyEngine(opening: $0, access: access) }
    }

    func damageVector(of id: ImageID) async throws -> (any CollectionEngine)? {
        engine?.damage(id)
        return engine
    }

    func damageRecord(containing text: String) async throws -> (any CollectionEngine)? { nil }

    func takeAway() async throws -> Bool { false }
}
