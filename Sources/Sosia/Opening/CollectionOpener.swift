package import Embeddings
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

/// Loads the networks of collections: the one place from which command line, server and library get their embedders.
package struct NetworkLoader: Sendable {
    /// - Throws: what ``Embeddings`` says of the card or the network.
    package typealias Load =
        @Sendable (_ model: String, Precision?, ModelDirectory, _ jobs: Int) throws -> any Embedder

    package let load: Load

    package init(load: @escaping Load) { self.load = load }

    /// Networks that are installed.
    package static let standard = NetworkLoader { model, precision, models, jobs in
        try NetworkEmbedder(installed: models.model(named: model), precision: precision, requests: jobs)
    }

    /// The one that is used; tests put another one in its place for a task.
    @TaskLocal package static var current = NetworkLoader.standard
}

extension NetworkEmbedder {
    /// Opens an installed network; what was compiled once is kept in the user's cache folder.
    package convenience init(
        installed model: InstalledModel, precision: Precision? = nil, requests: Int
    ) throws(EmbeddingError) {
        try self.init(
            card: model.card, weights: model.weights, precision: precision, requests: requests,
            cacheDirectory: ModelDirectory.standardNetworkCache())
    }
}
