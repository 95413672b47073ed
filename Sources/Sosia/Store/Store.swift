public import Embeddings
import Foundation
public import Images
public import FileSystem
public import SosiaCore
import Synchronization
import Workers

/// A folder of pictures that can be searched by picture: the embedded engine together with a decoder and the network
/// of its collection.
///
/// ```swift
/// let store = try Store(creating: "photos.sosia")
/// _ = try await store.add(["Pictures"])
/// let answer = try await store.search(file: "query.jpg", k: 5)
/// for hit in answer.hits { print(hit.distance, hit.record.sources) }
/// ```
public final class Store: Sendable {
    /// The network of a collection for which none was named.
    public static let standardModel = "efficientnet-lite0"

    public let engine: EmbeddedEngine
    private let models: ModelDirectory
    /// Pictures embedded at once.
    private let requests: Int
    private let network: Mutex<(any Embedder)?>
    let decoder: ImageDecoder
    /// Where the bytes of uploads are kept.
    let objects: (any ObjectStore)?
    /// Rasters are looked at on threads of their own, so that searches do not wait behind a large one that is read for the
    /// first time.
    let pieces = RasterPieces()
    /// One after the other, so that those who ask whether the network is there keep no search from a thread.
    private let loading = CPUExecutor(label: "sosia.loading", width: 1)
    /// One at a time changes what belongs together: the catalog and the objects.
    let originals = Turns()
    /// Uploads are computed here, one a core, so that searches do not wait behind them.
    let uploads = CPUExecutor(label: "sosia.uploads", width: IngestOptions.defaultJobs)

    /// Opens a collection.
    /// - Parameters:
    ///   - path: the collection's folder.
    ///   - writable: whether pictures will be added or removed; one process at a time may.
    ///   - memory: see ``EmbeddedEngine``.
    ///   - objects: where the bytes of uploads are kept; of this collection only.
    ///   - limits: of pictures that are read.
    /// - Throws: ``StoreError``
    public init(
        opening path: String, writable: Bool = false, models: ModelDirectory = .standard(),
        jobs: Int = IngestOptions.defaultJobs, memory: MemoryBudget? = nil, objects: (any ObjectStore)? = nil,
        limits: DecodeLimits = .standard
    ) throws {
        self.objects = objects
        decoder = ImageDecoder(limits: limits)
        engine = try EmbeddedEngine(path: path, access: writable ? .write : .read, memory: memory)
        self.models = models
        requests = jobs
        network = Mutex(nil)
    }

    /// Opens a collection for writing and makes it when there is none.
    /// - Parameters:
    ///   - model: the network of a new collection, ``standardModel`` when nil. An existing collection keeps its
    ///     own, and another name is refused.
    ///   - precision: of a new collection; an existing one keeps its own.
    /// - Throws: ``StoreError``, `EngineError.modelMismatch`, what ``Embeddings`` says of the card or the network.
    public init(
        creating path: String, model: String? = nil, precision: PrecisionChoice = .auto,
        models: ModelDirectory = .standard(), jobs: Int = IngestOptions.defaultJobs, memory: MemoryBudget? = nil,
        objects: (any ObjectStore)? = nil, limits: DecodeLimits = .standard
    ) throws {
        self.objects = objects
        decoder = ImageDecoder(limits: limits)
        self.models = models
        requests = jobs
        if let engine = try Self.existing(path, memory) {
            if let model, model != engine.model.name {
                throw StoreError.modelMismatch(got: model, expected: "\(engine.model)")
            }
            self.engine = engine
            network = Mutex(nil)
        } else {
            let embedder = try NetworkEmbedder(
                installed: models.model(named: model ?? Self.standardModel), precision: precision, requests: jobs)
            network = Mutex(embedder)
            engine = try EmbeddedEngine(path: path, access: .create(embedder.identity), memory: memory)
        }
    }

    /// Opens a collection for writing, with an embedder of the caller's own, and makes it when there is none.
    /// - Throws: ``StoreError``; `EngineError.modelMismatch` when the collection holds the vectors of another model.
    public init(
        creating path: String, embedder: any Embedder, objects: (any ObjectStore)? = nil,
        limits: DecodeLimits = .standard
    ) throws {
        self.objects = objects
        decoder = ImageDecoder(limits: limits)
        models = .standard()
        requests = 1
        network = Mutex(embedder)
        engine = try EmbeddedEngine(path: path, access: .create(embedder.identity))
    }

    /// The network of the collection, loaded at the first call.
    /// - Throws: `EngineError.modelMismatch` when the card or the weights are no longer those of the collection.
    public func embedder() throws -> any Embedder {
        try network.withLock { network in
            if let network { return network }
            let wanted = engine.model
            let made = try NetworkEmbedder(
                installed: models.model(named: wanted.name), precision: wanted.precision == .bf16 ? .bf16 : .f32,
                requests: requests)
            guard made.identity == wanted else {
                throw EngineError.modelMismatch(got: made.identity, expected: wanted)
            }
            network = made
            return made
        }
    }

    /// Loads what a search needs, so that the first one does not wait for it.
    /// - Throws: what ``embedder()`` throws; ``StoreError``
    public func prepare() async throws {
        try await loading.run {
            _ = try self.embedder()
            _ = try self.engine.snapshot()
        }
    }

    /// Whether a collection lies in a folder, readable or not.
    public static func exists(at path: String) -> Bool {
        FileManager.default.fileExists(atPath: StoreLayout(root: AbsolutePath.of(path)).catalog)
    }

    private static func existing(_ path: String, _ memory: MemoryBudget?) throws -> EmbeddedEngine? {
        do {
            return try EmbeddedEngine(path: path, access: .write, memory: memory)
        } catch StoreError.missing {
            return nil
        }
    }
}

extension NetworkEmbedder {
    /// Opens an installed network; what was compiled once is kept in the user's cache folder.
    public convenience init(
        installed model: InstalledModel, precision: PrecisionChoice = .auto, requests: Int
    ) throws(EmbeddingError) {
        try self.init(
            card: model.card, weights: model.weights, precision: precision, requests: requests,
            cacheDirectory: ModelDirectory.standardNetworkCache())
    }
}
