public import Embeddings
public import FileSystem
public import Images
public import SosiaCore
import Synchronization
import Workers

/// A collection of pictures that can be searched by picture: an engine together with a decoder and the network whose
/// vectors it holds.
///
/// ```swift
/// let store = try await Store(creating: "photos.sosia")
/// _ = try await store.add(["Pictures"])
/// let answer = try await store.search(file: "query.jpg", k: 5)
/// for hit in answer.hits { print(hit.distance, hit.record.name(on: store.machine)) }
/// ```
public final class Store: Sendable {
    /// The network of a collection for which none was named.
    public static let standardModel = "efficientnet-lite0"

    package let engine: any CollectionEngine
    /// Whose files are looked at: what lies on other machines is never opened, nor taken to be gone.
    public let machine: MachineName
    /// Where the collection lies; nil for an engine of the caller's own.
    public let address: StoreAddress?
    private let isWritable: Bool
    private let models: ModelDirectory
    private let networks = NetworkLoader.current
    /// Pictures embedded at once.
    let jobs: Int
    private let network: Mutex<(any Embedder)?>
    let decoder: ImageDecoder
    /// Where the bytes of uploads are kept.
    let objects: (any ObjectStore)?
    let thumbnails: ThumbnailFolder?
    /// Rasters are looked at on threads of their own, so that searches do not wait behind a large one that is read for the
    /// first time.
    let pieces: RasterPieces
    /// Whether the last answer whose overlaps were merged had tiles of rasters: then the next one will.
    let meetsRasterTiles = Atomic<Bool>(false)
    /// One after the other, so that those who ask whether the network is there keep no search from a thread.
    private let loading = CPUExecutor(label: "sosia.loading", width: 1)
    /// Queries are decoded and embedded here, and what else somebody waits for, one a core.
    let queries = CPUExecutor(label: "sosia.queries", width: IngestOptions.defaultJobs)
    /// Uploads are computed here, one a core, so that searches do not wait behind them.
    let uploads = CPUExecutor(label: "sosia.uploads", width: IngestOptions.defaultJobs)
    /// Parts of originals are read here.
    let originals = CPUExecutor(label: "sosia.originals", width: 4)
    /// Folders are walked here.
    let walking = CPUExecutor(label: "sosia.walking", width: 2)

    private init(
        _ collection: OpenCollection, at address: StoreAddress?, isWritable: Bool, embedder: (any Embedder)?,
        models: ModelDirectory, jobs: Int, limits: DecodeLimits, machine: MachineName
    ) {
        engine = collection.engine
        objects = collection.objects
        thumbnails = collection.thumbnails.map(ThumbnailFolder.init)
        decoder = ImageDecoder(limits: limits)
        network = Mutex(embedder)
        pieces = RasterPieces(files: OpenContainers(machine: machine))
        self.address = address
        self.isWritable = isWritable
        self.models = models
        self.jobs = jobs
        self.machine = machine
    }

    /// A store on an engine of one's own.
    /// - Parameters:
    ///   - embedder: makes the vectors that the engine holds; nil for the installed network that its model names.
    ///   - objects: where the bytes of uploads are kept; of this collection only.
    ///   - jobs: pictures embedded at once.
    ///   - limits: of pictures that are read.
    ///   - machine: whose files are looked at.
    ///   - thumbnails: a folder that becomes a cache of small pictures; nil makes them anew each time.
    public convenience init(
        engine: any CollectionEngine, embedder: (any Embedder)? = nil, objects: (any ObjectStore)? = nil,
        models: ModelDirectory = .standard(), jobs: Int = IngestOptions.defaultJobs, limits: DecodeLimits = .standard,
        machine: MachineName = .host, thumbnails: String? = nil
    ) {
        self.init(
            OpenCollection(engine: engine, objects: objects, thumbnails: thumbnails), at: nil, isWritable: true,
            embedder: embedder, models: models, jobs: jobs, limits: limits, machine: machine)
    }

    /// The network of the collection, loaded at the first call.
    /// - Throws: `EngineError.modelMismatch` when the card or the weights are no longer those of the collection; what
    ///   ``Embeddings`` says of the network.
    public func embedder() async throws -> any Embedder {
        if let loaded = network.withLock(\.self) { return loaded }
        return try await loading.run {
            if let loaded = self.network.withLock(\.self) { return loaded }
            let wanted = self.engine.model
            let made = try self.networks.load(
                wanted.name, wanted.precision, self.models, self.jobs)
            guard made.identity == wanted else {
                throw EngineError.modelMismatch(got: made.identity, expected: wanted)
            }
            self.network.withLock { $0 = made }
            return made
        }
    }

    /// Loads what a search needs, so that the first one does not wait for it.
    /// - Throws: what ``embedder()`` throws; ``StoreError``
    public func prepare() async throws {
        _ = try await embedder()
        try await engine.prepare()
    }

    /// Refuses at once what would be refused after long work.
    /// - Throws: ``StoreError/readOnly(path:)``
    func checkWritable() throws(StoreError) {
        if !isWritable { throw .readOnly(path: name) }
    }

    /// The collection in messages.
    var name: String { address?.description ?? "the collection" }
}

// MARK: - Opening

extension Store {
    /// Opens a collection.
    /// - Parameters:
    ///   - address: a folder's path; see ``StoreAddress``.
    ///   - writable: whether pictures will be added or removed; one process at a time may write to a folder.
    ///   - memory: what of the process may stay resident while searching and indexing; nil leaves it to the system.
    ///   - jobs: pictures embedded at once.
    ///   - limits: of pictures that are read.
    ///   - machine: whose files are looked at.
    /// - Throws: ``StoreError``, ``StoreAddressError``
    public convenience init(
        opening address: String, writable: Bool = false, models: ModelDirectory = .standard(),
        jobs: Int = IngestOptions.defaultJobs, memory: MemoryBudget? = nil, limits: DecodeLimits = .standard,
        machine: MachineName = .host
    ) async throws {
        let address = try StoreAddress(address)
        let collection = try await CollectionOpener.current.open(
            address, writable ? .write : .read, CollectionOpener.Options(machine: machine, memory: memory))
        self.init(
            collection, at: address, isWritable: writable, embedder: nil, models: models, jobs: jobs, limits: limits,
            machine: machine)
    }

    /// Opens a collection for writing and makes it when there is none.
    /// - Parameters:
    ///   - address: a folder's path; see ``StoreAddress``.
    ///   - model: the network of a new collection, ``standardModel`` when nil. An existing collection keeps its
    ///     own, and another name is refused.
    ///   - precision: of a new collection, nil for the fastest that this processor has; an existing one keeps its own.
    /// - Throws: ``StoreError``, ``StoreAddressError``, `EngineError.modelMismatch`, what ``Embeddings`` says of the card
    ///   or the network.
    public convenience init(
        creating address: String, model: String? = nil, precision: Precision? = nil,
        models: ModelDirectory = .standard(), jobs: Int = IngestOptions.defaultJobs, memory: MemoryBudget? = nil,
        limits: DecodeLimits = .standard, machine: MachineName = .host
    ) async throws {
        let address = try StoreAddress(address)
        let opener = CollectionOpener.current
        let options = CollectionOpener.Options(machine: machine, memory: memory)
        let (collection, embedder) = try await Self.openOrCreate(
            model, precision, models: models, jobs: jobs, machine: machine,
            open: { try await opener.open(address, .write, options) },
            create: { try await opener.create(address, $0, options) })
        self.init(
            collection, at: address, isWritable: true, embedder: embedder, models: models, jobs: jobs, limits: limits,
            machine: machine)
    }

    /// Opens a collection for writing, with an embedder of the caller's own, and makes it when there is none.
    /// - Throws: ``StoreError``, ``StoreAddressError``; `EngineError.modelMismatch` when the collection holds the vectors
    ///   of another model.
    public convenience init(
        creating address: String, embedder: any Embedder, limits: DecodeLimits = .standard,
        machine: MachineName = .host
    ) async throws {
        let address = try StoreAddress(address)
        let collection = try await CollectionOpener.current.create(
            address, CollectionDescription(model: embedder.identity, machine: machine),
            CollectionOpener.Options(machine: machine))
        self.init(
            collection, at: address, isWritable: true, embedder: embedder, models: .standard(), jobs: 1,
            limits: limits, machine: machine)
    }

    /// Opens a collection of a directory.
    package convenience init(
        opening name: String, in directory: any CollectionDirectory, writable: Bool = false,
        models: ModelDirectory = .standard(), jobs: Int = IngestOptions.defaultJobs, limits: DecodeLimits = .standard,
        machine: MachineName = .host
    ) async throws {
        self.init(
            try await directory.open(name, access: writable ? .write : .read), at: nil, isWritable: writable,
            embedder: nil, models: models, jobs: jobs, limits: limits, machine: machine)
    }

    /// Opens a collection of a directory for writing, and makes it when there is none.
    package convenience init(
        creating name: String, in directory: any CollectionDirectory, model: String? = nil,
        precision: Precision? = nil, models: ModelDirectory = .standard(),
        jobs: Int = IngestOptions.defaultJobs, limits: DecodeLimits = .standard, machine: MachineName = .host
    ) async throws {
        let (collection, embedder) = try await Self.openOrCreate(
            model, precision, models: models, jobs: jobs, machine: machine,
            open: { try await directory.open(name, access: .write) },
            create: { try await directory.create(name, $0) })
        self.init(
            collection, at: nil, isWritable: true, embedder: embedder, models: models, jobs: jobs, limits: limits,
            machine: machine)
    }

    /// Whether a collection lies at an address, readable or not.
    /// - Throws: ``StoreAddressError``
    public static func exists(at address: String) async throws -> Bool {
        try await CollectionOpener.current.exists(StoreAddress(address))
    }

    /// The network is loaded only where a collection has to be made.
    private static func openOrCreate(
        _ model: String?, _ precision: Precision?, models: ModelDirectory, jobs: Int, machine: MachineName,
        open: () async throws -> OpenCollection, create: (CollectionDescription) async throws -> OpenCollection
    ) async throws -> (OpenCollection, (any Embedder)?) {
        do {
            let collection = try await open()
            if let model, model != collection.engine.model.name {
                throw StoreError.modelMismatch(got: model, expected: "\(collection.engine.model)")
            }
            return (collection, nil)
        } catch StoreError.missing {
            let networks = NetworkLoader.current
            let embedder = try await CPUExecutor(label: "sosia.loading").run {
                try networks.load(model ?? Self.standardModel, precision, models, jobs)
            }
            let description = CollectionDescription(model: embedder.identity, machine: machine)
            return (try await create(description), embedder)
        }
    }
}
