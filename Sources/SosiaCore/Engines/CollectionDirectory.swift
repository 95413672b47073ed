/// Finds collections by name, in a folder of collections or in a database.
public protocol CollectionDirectory: Sendable {
    /// The names of all collections, in byte order.
    func names() async throws -> [String]

    /// - Throws: ``StoreError/missing(path:)``, ``StoreError/locked(path:)``; the engine's own errors.
    func open(_ name: String, access: CollectionAccess) async throws -> OpenCollection

    /// Creates a collection and opens it for writing. An existing one is opened unchanged.
    /// - Throws: `EngineError.modelMismatch` when it holds another model's vectors.
    func create(_ name: String, _ description: CollectionDescription) async throws -> OpenCollection

    /// Removes a collection and everything in it, all or nothing.
    /// - Throws: ``StoreError/missing(path:)``
    func remove(_ name: String) async throws
}

/// What a collection is opened for.
public enum CollectionAccess: Sendable, Hashable {
    case read
    case write
    /// Like `write`, but also opens damaged vectors, so that ``EngineUpkeep/repair(reading:progress:)`` can mend them.
    case repair
}

/// What is fixed for good when a collection is created.
public struct CollectionDescription: Sendable, Hashable {
    public let model: ModelIdentity
    public let identity: PictureIdentity
    /// The machine whose files the collection names by path alone.
    public let machine: MachineName

    public init(model: ModelIdentity, identity: PictureIdentity = .content, machine: MachineName) {
        self.model = model
        self.identity = identity
        self.machine = machine
    }
}

/// A collection as opened by its directory.
public struct OpenCollection: Sendable {
    public let engine: any CollectionEngine
    /// The store for the bytes of uploads; nil if there is none.
    public let objects: (any ObjectStore)?
    /// The folder that caches small pictures; nil to make them anew each time.
    public let thumbnails: String?

    public init(engine: any CollectionEngine, objects: (any ObjectStore)?, thumbnails: String? = nil) {
        self.engine = engine
        self.objects = objects
        self.thumbnails = thumbnails
    }
}
