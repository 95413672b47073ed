import Catalog
import FileSystem
import Foundation
import SosiaCore
import Workers

/// Everything that changes a collection goes through this actor, one change after the other.
actor CollectionWriter {
    let layout: StoreLayout
    let catalog: Catalog
    let model: ModelIdentity
    private let executor = SerialCPUExecutor(label: "sosia.writer")
    private let lock: FileLock
    private var vectors: VectorFileWriter

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Takes the lock, finishes what a crash interrupted, and makes the collection when it is wanted and not there.
    init(_ layout: StoreLayout, creating wanted: ModelIdentity?) throws {
        self.layout = layout
        if wanted != nil {
            try StoreError.translating { () throws(FileError) in try Folder.create(layout.root) }
        } else if !FileManager.default.fileExists(atPath: layout.catalog) {
            throw StoreError.missing(path: layout.root)
        }
        lock = try layout.takeLock()
        do {
            if let wanted, !FileManager.default.fileExists(atPath: layout.catalog) {
                try Self.create(layout, model: wanted)
            }
            catalog = try Catalog(path: layout.catalog, access: .write)
            let state = try catalog.state()
            guard let state else {
                throw StoreError.damaged(path: layout.catalog, reason: "it does not describe a collection")
            }
            model = state.model
            try Self.settle(layout, state)
            vectors = try VectorFileWriter(opening: layout.vectors, dimension: state.model.dimension)
        } catch let error as CatalogError {
            throw StoreError(error)
        }
    }

    /// Adds drafts and known files as one unit: rows, fsync, then one transaction.
    /// - Returns: one outcome a draft, then one a known file.
    func upsert(_ drafts: [ImageDraft], known files: [KnownFile] = []) throws -> [CatalogOutcome] {
        for draft in drafts where draft.embedding.dimension != model.dimension {
            throw VectorError.dimensionMismatch(got: draft.embedding.dimension, expected: model.dimension)
        }
        let rows = drafts.map { VectorRow($0.embedding) }
        let entries = zip(drafts, rows).map { draft, row in
            CatalogEntry(
                hash: draft.hash, source: draft.source, attributes: draft.attributes,
                content: CatalogEntry.Content(facts: draft.facts, checksum: row.checksum, tile: draft.tile))
        }
        return try writing {
            try catalog.upsert(entries + files.map(\.entry)) { positions, firstSlot in
                try vectors.write(positions.map { rows[$0] }, from: firstSlot)
                try vectors.synchronize()
            }
        }
    }

    func update(_ id: ImageID, attributes patch: Attributes) throws -> ImageRecord {
        guard let record = try writing({ try catalog.update(id, attributes: patch) }) else {
            throw EngineError.unknownImage(id)
        }
        return record
    }

    func remove(_ ids: [ImageID]) throws -> Int {
        try writing { try catalog.remove(ids) }
    }

    func forget(_ locations: [String]) throws -> Int {
        try writing { try catalog.forget(locations) }
    }

    func merge(_ attributes: [(location: String, attributes: Attributes)]) throws -> Int {
        try writing { try catalog.merge(attributes) }
    }

    func begin(
        _ path: String, kind: TileContainer.Kind, stamp: ImageSource.Stamp, facts: TileContainer.Facts
    ) throws -> Int64 {
        try writing { try catalog.begin(path, kind: kind, stamp: stamp, facts: facts) }
    }

    func move(container: Int64, to path: String) throws {
        try writing { try catalog.move(container: container, to: path) }
    }

    func finish(
        container: Int64, isComplete: Bool, keeping: @Sendable (_ window: PixelWindow, _ isCurrent: Bool) -> Bool
    ) throws -> Int {
        try writing { try catalog.finish(container: container, isComplete: isComplete, keeping: keeping) }
    }

    func forget(containers: [Int64]) throws -> Int {
        try writing { try catalog.forget(containers: containers) }
    }

    /// Goes on with the next generation of the vectors, after ``compact()`` put it in place.
    func reopenVectors() throws(StoreError) {
        vectors = try VectorFileWriter(opening: layout.vectors, dimension: model.dimension)
    }

    func writing<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as CatalogError {
            throw StoreError(error)
        }
    }

    /// Makes the files of an empty collection. The catalog gets its name last, when it is whole: a collection is there
    /// or it is not.
    private static func create(_ layout: StoreLayout, model: ModelIdentity) throws {
        try refuseOrphans(layout)
        _ = try VectorFileWriter(
            creating: layout.vectors, header: VectorFileHeader(dimension: model.dimension, generation: 0))
        for leftover in [layout.newCatalog, layout.newCatalog + "-journal"] { unlink(leftover) }
        try Catalog(path: layout.newCatalog, access: .create).create(model: model)
        try StoreError.translating { () throws(FileError) in
            try DurableFile.rename(layout.newCatalog, to: layout.catalog)
        }
    }

    /// Vectors without a catalog are not overwritten: somebody lost the catalog, not the pictures.
    private static func refuseOrphans(_ layout: StoreLayout) throws(StoreError) {
        guard let status = try? FileStatus(path: layout.vectors) else { return }
        guard status.stamp.size <= VectorFileHeader.byteCount else {
            throw .damaged(path: layout.catalog, reason: "it is missing, but vectors lie beside it")
        }
    }

    /// Finishes or undoes the compaction that a crash interrupted.
    private static func settle(_ layout: StoreLayout, _ state: CatalogState) throws(StoreError) {
        let next = try? VectorFile.header(layout.nextVectors)
        let present = try VectorFile.header(layout.vectors)
        if present?.generation != state.generation, next?.generation == state.generation {
            try layout.adoptNextVectors()
        } else {
            unlink(layout.nextVectors)
        }
        _ = try VectorFile(
            layout, generation: state.generation, dimension: state.model.dimension, rowCount: state.rows)
    }
}
