public import SosiaCore

/// Serves the checks from memory.
public actor MemoryHost: ConformanceHost {
    private var engine: MemoryEngine?

    public init() {}

    /// Makes an empty engine.
    public func create(_ description: CollectionDescription) -> any CollectionEngine {
        let engine = MemoryEngine(description)
        self.engine = engine
        return engine
    }

    /// Another engine on the same memory.
    public func open(_ access: CollectionAccess) -> (any CollectionEngine)? {
        engine.map { MemoryEngine(opening: $0, access: access) }
    }

    /// Takes the vector away.
    public func damageVector(of id: ImageID) -> (any CollectionEngine)? {
        engine?.damage(id)
        return engine
    }
}
