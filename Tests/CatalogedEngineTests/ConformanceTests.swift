import CatalogedEngine
import EngineConformance
import SosiaCore
import Testing

/// The promises of a `CollectionEngine`, kept on a service that forgets and repeats.
struct ConformanceTests {
    @Test(arguments: EngineConformance.checks)
    func keepsItsPromises(_ check: EngineConformance.Check) async throws {
        guard check.isFor(ForgetfulService.limits.abilities) else { return }
        try await check.run(on: Host(seed: 1))
    }
}

private actor Host: ConformanceHost {
    private let seed: UInt64
    private var parts: (service: ForgetfulService, ledger: MemoryVectorLedger)?

    init(seed: UInt64) { self.seed = seed }

    func create(_ description: CollectionDescription) throws -> any CollectionEngine {
        let service = ForgetfulService(description.model.metric, seed: seed)
        let ledger = MemoryVectorLedger(description)
        parts = (service, ledger)
        return try CatalogedEngine(service, ledger: ledger)
    }

    /// Another process, some time later.
    func open(_ access: CollectionAccess) async throws -> (any CollectionEngine)? {
        guard let parts else { return nil }
        try await parts.service.refresh()
        return try CatalogedEngine(parts.service, ledger: parts.ledger, access: access)
    }

    /// Flips a bit.
    func damageVector(of id: ImageID) async throws -> (any CollectionEngine)? {
        guard let parts else { return nil }
        for key in try await parts.ledger.keys(of: [id]).values { parts.service.damage(key, isLost: false) }
        return try await open(.write)
    }

    func damageRecord(containing text: String) -> (any CollectionEngine)? { nil }

    func takeAway() -> Bool { false }
}
