import Catalog
import FileSystem
import Foundation
import SosiaCore
import Workers

/// Makes all changes to a collection, one after another.
actor CollectionWriter {
    let files: CollectionFiles
    let catalog: Catalog
    let model: ModelIdentity
    let identity: PictureIdentity
    private let executor = SerialCPUExecutor(label: "sosia.writer")
    private let lock: FileLock
    /// nil until the vectors are known to be intact, and while another generation takes their place.
    var vectors: VectorFileWriter?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Takes the lock and completes what a crash interrupted.
    /// - Parameter isRepairing: whether damaged vectors are accepted.
    init(opening files: CollectionFiles, machine: MachineName, isRepairing: Bool = false) throws {
        try self.init(files, lock: files.takeLock(), machine: machine, isRepairing: isRepairing)
    }

    /// Creates the collection unless it exists, and opens it.
    init(creating files: CollectionFiles, _ description: CollectionDescription) throws {
        try StoreError.translating { () throws(FileError) in try Folder.create(files.root) }
        let lock = try files.takeLock()
        if !files.exist { try Self.create(files, description) }
        try self.init(files, lock: lock, machine: description.machine, isRepairing: false)
    }

    private init(_ files: CollectionFiles, lock: FileLock, machine: MachineName, isRepairing: Bool) throws {
        self.files = files
        self.lock = lock
        try files.checkCatalog()
        catalog = try Catalog(path: files.catalog, access: .write, machine: machine)
        guard let state = try catalog.state() else {
            throw StoreError.damaged(path: files.catalog, reason: "it does not describe a collection")
        }
        (model, identity) = (state.model, state.identity)
        // A writer that was killed may have left changes that are seen and not yet durable; what is answered from now on
        // builds on them.
        try StoreError.translating { () throws(FileError) in try Folder.synchronize(files.root) }
        if isRepairing { return }
        try Self.settle(files, state)
        vectors = try VectorFileWriter(opening: files.vectors, dimension: state.model.dimension)
    }

    /// Commits a unit: rows, fsync, then one transaction.
    func commit(_ unit: IngestUnit) throws -> [IngestOutcome] {
        try unit.check(dimension: model.dimension)
        if !unit.entries.isEmpty { try openVectors() }
        let rows = unit.entries.map { entry in entry.content.map { VectorRow($0.embedding) } }
        // Rows are copied only if each file is a picture.
        let state = identity == .file ? try catalog.state() : nil
        let checksums = rows.map { $0?.checksum ?? 0 }
        return try catalog.commit(CatalogUnit(unit, checksums: checksums)) { origins, firstSlot in
            let present = try state.map {
                try VectorFile(files, generation: $0.generation, dimension: model.dimension, rowCount: $0.rows)
            }
            try append(
                origins.compactMap { origin in
                    switch origin {
                    case .entry(let position): rows[position]
                    case .slot(let slot): present?.row(slot)
                    }
                }, from: firstSlot)
        }
    }

    /// Opens the vectors for writing. An interrupted compaction is finished first, so that nothing is written to a
    /// generation that the catalog does not name.
    func openVectors() throws(StoreError) {
        if vectors != nil { return }
        guard let state = try catalog.state() else { throw .missing(path: files.root) }
        try Self.settle(files, state)
        vectors = try VectorFileWriter(opening: files.vectors, dimension: model.dimension)
    }

    private func append(_ rows: [VectorRow], from slot: Int) throws(StoreError) {
        try vectors?.write(rows, from: slot)
        try vectors?.synchronize()
    }

    func update(_ id: ImageID, attributes patch: Attributes) throws -> ImageRecord {
        try patch.check(of: "picture \(id)")
        guard let record = try catalog.update(id, attributes: patch) else { throw EngineError.unknownImage(id) }
        return record
    }

    /// Makes a change that needs no new rows.
    func change<Value: Sendable>(_ body: @Sendable (Catalog) throws -> Value) throws -> Value { try body(catalog) }

    /// Creates the files of an empty collection. The catalog gets its name last, when it is complete, so that a collection
    /// either exists as a whole or not at all.
    private static func create(_ files: CollectionFiles, _ description: CollectionDescription) throws {
        try refuseOrphans(files)
        _ = try VectorFileWriter(
            creating: files.vectors, header: VectorFileHeader(dimension: description.model.dimension, generation: 0))
        for leftover in [files.newCatalog, files.newCatalog + "-journal"] { unlink(leftover) }
        try Catalog(path: files.newCatalog, access: .create, machine: description.machine).create(description)
        try StoreError.translating { () throws(FileError) in
            try DurableFile.rename(files.newCatalog, to: files.catalog)
        }
    }

    /// Vectors without a catalog are not overwritten: if the catalog was lost, they may still be of use.
    private static func refuseOrphans(_ files: CollectionFiles) throws(StoreError) {
        guard let status = try? FileStatus(path: files.vectors) else { return }
        guard status.stamp.size <= VectorFileHeader.byteCount else {
            throw .damaged(path: files.catalog, reason: "it is missing, but vectors lie beside it")
        }
    }

    /// Completes or undoes a compaction that a crash interrupted.
    private static func settle(_ files: CollectionFiles, _ state: CatalogState) throws(StoreError) {
        let next = try? VectorFile.header(files.nextVectors)
        let present = try VectorFile.header(files.vectors)
        if present?.generation != state.generation, next?.generation == state.generation {
            try files.adoptNextVectors()
        } else {
            unlink(files.nextVectors)
        }
        _ = try VectorFile(
            files, generation: state.generation, dimension: state.model.dimension, rowCount: state.rows)
    }
}
