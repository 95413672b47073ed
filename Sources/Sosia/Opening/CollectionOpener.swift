package import FileSystem
package import SosiaCore

/// Opens collections by their addresses: the one place from which command line, server and library get their engines.
package struct CollectionOpener: Sendable {
    /// What the process that opens says of itself.
    package struct Options: Sendable {
        /// Whose files are looked at.
        package var machine: MachineName
        /// What of the process may stay resident while it searches; nil leaves it to the system.
        package var memory: MemoryBudget?

        package init(machine: MachineName = .host, memory: MemoryBudget? = nil) {
            self.machine = machine
            self.memory = memory
        }
    }

    /// - Throws: ``StoreError``, ``StoreAddressError``
    package let open: @Sendable (StoreAddress, CollectionAccess, Options) async throws -> OpenCollection
    /// Makes a collection, and opens it for writing; one that is there already is opened as it is.
    package let create: @Sendable (StoreAddress, CollectionDescription, Options) async throws -> OpenCollection
    /// Whether a collection lies there, readable or not.
    package let exists: @Sendable (StoreAddress) async throws -> Bool
    /// The collections that lie together at an address.
    package let directory: @Sendable (StoreAddress, Options) async throws -> any CollectionDirectory

    package init(
        open: @escaping @Sendable (StoreAddress, CollectionAccess, Options) async throws -> OpenCollection,
        create: @escaping @Sendable (StoreAddress, CollectionDescription, Options) async throws -> OpenCollection,
        exists: @escaping @Sendable (StoreAddress) async throws -> Bool,
        directory: @escaping @Sendable (StoreAddress, Options) async throws -> any CollectionDirectory
    ) {
        self.open = open
        self.create = create
        self.exists = exists
        self.directory = directory
    }

    /// The one that is used; tests put another one in its place for a task.
    @TaskLocal package static var current = CollectionOpener.standard
}
