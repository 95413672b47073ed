import FileSystem
import SosiaCore

/// The named rows of a collection's vectors, mapped for reading.
struct VectorFile: Sendable {
    let header: VectorFileHeader
    let rowCount: Int
    private let file: MappedFile

    /// Opens the generation that the catalog is at, wherever a compaction left it.
    /// - Throws: ``StoreError/vectorsDamaged(path:reason:)`` when no file has it, or when it is shorter than the
    ///   catalog says.
    init(_ files: CollectionFiles, generation: Int64, dimension: Int, rowCount: Int) throws(StoreError) {
        // The next generation may take the place of the present one between two looks: then the third finds it there.
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

    /// All rows, one behind the other.
    func withRows<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        try file.withBytes { bytes in
            let end = VectorFileHeader.byteCount + rowCount * header.dimension * MemoryLayout<Float>.size
            return try body(bytes.extracting(VectorFileHeader.byteCount..<end))
        }
    }

    /// Gives pages back when the budget is used up.
    func hold(_ budget: MemoryBudget?) {
        budget?.hold(file)
    }

    /// The system reads ahead for scans, and nothing but what is asked for otherwise.
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

    /// - Returns: nil when there is no such file.
    static func header(_ path: String) throws(StoreError) -> VectorFileHeader? {
        try open(path)?.header
    }

    /// Header and rows are those of one file, whatever takes its name meanwhile.
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
            throw StoreError(error)
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }
}
