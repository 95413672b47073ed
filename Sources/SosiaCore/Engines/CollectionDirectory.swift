/// Collections by name: a folder of collections, a database.
public protocol CollectionDirectory: Sendable {
    /// The names of the collections that there are, in the order of their bytes.
    func names() async throws -> [String]

    /// - Throws: ``StoreError/missing(path:)``, ``StoreError/locked(path:)``; the engine's own errors.
    func open(_ name: String, access: CollectionAccess) async throws -> OpenCollection

    /// Makes a collection, and opens it for writing. One that is there already is opened as it is.
    /// - Throws: `EngineError.modelMismatch` when it holds the vectors of another model.
    func create(_ name: String, _ description: CollectionDescription) async throws -> OpenCollection

    /// Takes a collection away with all it holds; as a whole, whatever happens meanwhile.
    /// - Throws: ``StoreError/missing(path:)``
    func remove(_ name: String) async throws
}

/// What whoever opens a collection wants to do with it.
public enum CollectionAccess: Sendable, Hashable {
    case read
    case write
    /// Like `write`, also where the vectors are damaged, which is mended by ``EngineUpkeep/repair(progress:)``.
    case repair
}

/// What is decided when a collection is made, and stays.
public struct CollectionDescription: Sendable, Hashable {
    public let model: ModelIdentity
    public let identity: PictureIdentity
    /// The machine whose files the collection names by their paths alone.
    public let machine: MachineName

    public init(model: ModelIdentity, identity: PictureIdentity = .content, machine: MachineName) {
        self.model = model
        self.identity = identity
        self.machine = machine
    }
}

/// A collection as its directory hands it over.
public struct OpenCollection: Sendable {
    public let engine: any CollectionEngine
    /// Where the bytes of uploads are kept; nil when none can be.
    public let objects: (any ObjectStore)?
    /// The folder of small pictures, a cache; nil when they are made anew each time.
    public let thumbnails: String?

    public init(engine: any CollectionEngine, objects: (any ObjectStore)?, thumbnails: String? = nil) {
        self.engine = engine
        self.objects = objects
        self.thumbnails = thumbnails
    }
}
