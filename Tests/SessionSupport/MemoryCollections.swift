import EngineConformance
package import Sosia
package import SosiaCore
import Synchronization

/// Collections of engines in memory: what a process would find on its disk, for the length of a test.
package final class MemoryCollections: CollectionDirectory {
    private let collections = Mutex<[String: OpenCollection]>([:])
    private let objects: @Sendable () -> any ObjectStore
    private let takesServices: Bool

    /// - Parameters:
    ///   - takesServices: whether addresses with a scheme are opened, too.
    ///   - objects: makes the store of a new collection's uploads.
    package init(takesServices: Bool = false, objects: @escaping @Sendable () -> any ObjectStore) {
        self.takesServices = takesServices
        self.objects = objects
    }

    /// All addresses are in one directory.
    package var opener: CollectionOpener {
        CollectionOpener(
            open: { address, access, _ in
                if case .service = address.target, !self.takesServices { return try await Self.refused(address) }
                return try self.open(address.description, access: access)
            },
            create: { address, description, _ in try self.create(address.description, description) },
            exists: { address in self.collections.withLock { $0[address.description] != nil } },
            directory: { _, _ in self })
    }

    /// What this process says of a service.
    private static func refused(_ address: StoreAddress) async throws -> OpenCollection {
        try await CollectionOpener.standard.open(address, .read, CollectionOpener.Options())
    }

    package func names() -> [String] {
        collections.withLock { $0.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    }

    package func open(_ name: String, access: CollectionAccess) throws -> OpenCollection {
        guard let collection = collections.withLock({ $0[name] }) else { throw StoreError.missing(path: name) }
        return collection
    }

    package func create(_ name: String, _ description: CollectionDescription) throws -> OpenCollection {
        let collection = collections.withLock { collections in
            if let known = collections[name] { return known }
            let made = OpenCollection(engine: MemoryEngine(description), objects: objects())
            collections[name] = made
            return made
        }
        guard collection.engine.model == description.model else {
            throw EngineError.modelMismatch(got: description.model, expected: collection.engine.model)
        }
        return collection
    }

    package func remove(_ name: String) throws {
        guard collections.withLock({ $0.removeValue(forKey: name) }) != nil else {
            throw StoreError.missing(path: name)
        }
    }
}
