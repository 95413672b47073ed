import FileSystem
import Kernels
import SosiaCore

/// The rows of a collection's vectors that the catalog knows, mapped for reading.
struct VectorFile: Sendable {
    let header: VectorFileHeader
    let rowCount: Int
    private let file: MappedFile

    /// Opens the catalog's generation, wherever a compaction left it.
    /// - Throws: ``StoreError/vectorsDamaged(path:reason:)`` if no file has it, or if the file is too short.
    init(_ files: CollectionFiles, generation: Int64, dimension: Int, rowCount: Int) throws(StoreError) {
        // The next generation may be renamed between the first two attempts; then the third one finds it.
        for path in [files.vectors, files.nextVectors, files.vectors] {
            guard let (file, header) = try Self.open(path), header.generation == generation else { continue }
            guard header.dimension == dimension else {
                throw .damaged(
                    path: path, reason: "it holds \(header.dimension) dimensions, the catalog names \(dimension)")
            }
            let present = (file.count - VectorFileHeader.byteCount) / (dimension * MemoryLayout<Float>.size)
            guard rowCount <= present else {
                throw .vectorsDamaged(path: path, reason: "it has \(present) whole rows, the catalog names \(rowCount)")
            }
            self.file = file
            self.header = header
            self.rowCount = rowCount
            return
        }
        guard let present = try Self.header(files.vectors) else {
            throw .vectorsDamaged(path: files.vectors, reason: "the file with the vectors is missing")
        }
        throw .vectorsDamaged(
            path: files.vectors,
            reason: "it holds generation \(present.generation), the catalog names generation \(generation)")
    }

    /// All rows, without gaps.
    func withRows<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        try file.withBytes { bytes in
            let end = VectorFileHeader.byteCount + rowCount * header.dimension * MemoryLayout<Float>.size
            return try body(bytes.extracting(VectorFileHeader.byteCount..<end))
        }
    }

    /// Releases pages if the budget is used up.
    func hold(_ budget: MemoryBudget?) {
        budget?.hold(file)
    }

    /// Tells the system to read ahead for scans, and otherwise only what is accessed.
    func expect(scan: Bool) {
        file.advise(scan ? .willNeed : .random)
    }

    /// - Parameter slot: below ``rowCount``.
    func vector(_ slot: Int) -> [Float] {
        let count = header.dimension * MemoryLayout<Float>.size
        return withRows { rows in
            let row = rows.extracting(slot * count..<(slot + 1) * count)
            return (0..<header.dimension).map { index in
                Float(bitPattern: UInt32(littleEndian: row.unsafeLoad(fromByteOffset: 4 * index, as: UInt32.self)))
            }
        }
    }

    /// - Parameter slot: below ``rowCount``.
    func row(_ slot: Int) -> VectorRow {
        let count = header.dimension * MemoryLayout<Float>.size
        return withRows { rows in
            let row = rows.extracting(slot * count..<(slot + 1) * count)
            return VectorRow(bytes: (0..<count).map { row.unsafeLoad(fromByteOffset: $0, as: UInt8.self) })
        }
    }

    /// - Returns: nil if there is no such file.
    static func header(_ path: String) throws(StoreError) -> VectorFileHeader? {
        try open(path)?.header
    }

    /// Header and rows come from the same file, even if it is replaced in the meantime.
    private static func open(_ path: String) throws(StoreError) -> (file: MappedFile, header: VectorFileHeader)? {
        do {
            let file = try MappedFile(path, minimumCount: VectorFileHeader.byteCount)
            let bytes = file.withBytes { bytes in
                (0..<VectorFileHeader.byteCount).map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
            }
            return (file, try VectorFileHeader(bytes, path: path))
        } catch let error as StoreError {
            throw error
        } catch let error as FileError {
            if error.isMissing { return nil }
            if case .tooShort(_, let got, let minimum) = error {
                throw .vectorsDamaged(path: path, reason: "it has \(got) bytes, less than its header's \(minimum)")
            }
            if case .notRegular = error { throw .vectorsDamaged(path: path, reason: error.reason) }
            throw StoreError(error)
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }
}

/// Appends rows to a vector file and makes them durable. Rows that the catalog does not know are overwritten.
struct VectorFileWriter: ~Copyable {
    /// How many bytes of rows are copied from one file to another at once.
    static let blockBytes = 4 << 20

    private let file: FileWriter
    private let rowBytes: Int

    /// Opens an existing file.
    init(opening path: String, dimension: Int) throws(StoreError) {
        rowBytes = dimension * MemoryLayout<Float>.size
        file = try StoreError.translating { () throws(FileError) in try FileWriter(opening: path) }
    }

    /// Durably creates a file without rows, replacing any existing one.
    init(creating path: String, header: VectorFileHeader) throws(StoreError) {
        rowBytes = header.dimension * MemoryLayout<Float>.size
        file = try StoreError.translating { () throws(FileError) in
            let file = try FileWriter(creating: path)
            try file.write(header.bytes.span.bytes, at: 0)
            try file.sync()
            try Folder.synchronize(Folder.parent(of: path) ?? ".")
            return file
        }
    }

    /// Writes rows from `slot` on. They are durable after ``synchronize()``.
    func write(_ rows: [VectorRow], from slot: Int) throws(StoreError) {
        let bytes = Array(rows.map(\.bytes).joined())
        try StoreError.translating { () throws(FileError) in
            try file.write(bytes.span.bytes, at: VectorFileHeader.byteCount + slot * rowBytes)
        }
    }

    func synchronize() throws(StoreError) {
        try StoreError.translating { () throws(FileError) in try file.sync() }
    }
}

/// A vector as stored in the file: little-endian 32-bit floats.
struct VectorRow: Sendable, Hashable {
    let bytes: [UInt8]

    /// A row read from the file.
    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(_ embedding: Embedding) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(embedding.dimension * MemoryLayout<Float>.size)
        for value in embedding.values {
            let bits = value.bitPattern
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
        }
        self.bytes = bytes
    }

    /// Kept in the catalog, so that damage is noticed.
    var checksum: UInt32 { CRC32C.checksum(bytes) }

    func checksum(continuing previous: UInt32) -> UInt32 { CRC32C.checksum(bytes, continuing: previous) }

    var values: [Float] {
        stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { offset in
            Float(
                bitPattern: UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
                    | UInt32(bytes[offset + 3]) << 24)
        }
    }
}
