public import SosiaCore

/// What a collection holds and costs.
public struct StoreStatus: Sendable, Hashable {
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
}
