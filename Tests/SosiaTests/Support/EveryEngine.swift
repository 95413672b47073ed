import EngineConformance
import ObjectStores
import Sosia
import SosiaCore
import Synchronization
import Testing

/// Runs each test of a suite on the embedded engine, and then on the one in memory.
struct EveryEngine: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await function()
        try await CollectionOpener.$current.withValue(MemoryCollections().opener) { try await function() }
    }
}

extension Trait where Self == EveryEngine {
    static var everyEngine: EveryEngine { EveryEngine() }
}

/// Collections in memory, by their addresses; uploads and thumbnails lie in the folder of that name.
private final class MemoryCollections: Sendable {
    private let engines = Mutex<[String: MemoryEngine]>([:])

    var opener: CollectionOpener {
        CollectionOpener(
            open: { address, _, _ in
                guard let engine = self.engines.withLock({ $0[address.description] }) else {
                    throw StoreError.missing(path: address.description)
                }
                return Self.collection(engine, address)
            },
            create: { address, description, _ in
                let engine = self.engines.withLock { engines in
                    let engine = engines[address.description] ?? MemoryEngine(description)
                    engines[address.description] = engine
                    return engine
                }
                return Self.collection(engine, address)
            },
            exists: { address in self.engines.withLock { $0[address.description] != nil } },
            directory: { address, _ in throw StoreError.missing(path: address.description) })
    }

    private static func collection(_ engine: MemoryEngine, _ address: StoreAddress) -> OpenCollection {
        OpenCollection(
            engine: engine, objects: FolderObjectStore(path: "\(address)/originals"),
            thumbnails: "\(address)/thumbnails")
    }
}
