import MemoryMapping
import SosiaCore

/// The named rows of a collection's vectors, mapped for reading.
struct VectorFile: Sendable {
    let header: VectorFileHeader
    let rowCount: Int
    private let file: MappedFile

    /// Opens the generation that the catalog is at, wherever a compaction left it.
    /// - Throws: ``StoreError/damaged(path:reason:)`` when no file has it, or when it is shorter than the catalog says.
    init(_ layout: StoreLayout, generation: Int64, dimension: Int, rowCount: Int) throws(StoreError) {
        var header = try Self.header(layout.vectors)
        var path = layout.vectors
        if header?.generation != generation, let next = try Self.header(layout.nextVectors),
            next.generation == generation
        {
            header = next
            path = layout.nextVectors
        }
        guard let header else {
            throw .damaged(path: layout.vectors, reason: "the file with the vectors is missing")
        }
        guard header.generation == generation, header.dimension == dimension else {
            throw .damaged(
                path: path,
                reason: "it holds generation \(header.generation) of \(header.dimension) dimensions, "
                    + "the catalog names generation \(generation) of \(dimension)")
        }
        let length = VectorFileHeader.byteCount + rowCount * dimension * MemoryLayout<Float>.size
        do {
            file = try MappedFile(path, length: length, access: .willNeed)
        } catch .tooShort(_, let got, let minimum) {
            throw .damaged(path: path, reason: "it has \(got) bytes, the catalog names rows up to byte \(minimum)")
        } catch {
            throw StoreError(error)
        }
        self.header = header
        self.rowCount = rowCount
    }

    /// All rows, one behind the other.
    func withRows<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        try file.withBytes { bytes in
            try body(bytes.extracting(VectorFileHeader.byteCount..<bytes.byteCount))
        }
    }

    func row(_ slot: Int) -> VectorRow {
        let count = header.dimension * MemoryLayout<Float>.size
        return withRows { rows in
            let row = rows.extracting(slot * count..<(slot + 1) * count)
            return VectorRow(bytes: (0..<count).map { row.unsafeLoad(fromByteOffset: $0, as: UInt8.self) })
        }
    }

    /// - Returns: nil when there is no such file.
    static func header(_ path: String) throws(StoreError) -> VectorFileHeader? {
        do {
            let file = try MappedFile(path, minimumCount: VectorFileHeader.byteCount)
            let bytes = file.withBytes { bytes in
                (0..<VectorFileHeader.byteCount).map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
            }
            return try VectorFileHeader(bytes, path: path)
        } catch let error as StoreError {
            throw error
        } catch let error as MappedFileError {
            if case .system(_, _, let errno) = error, SystemError(code: errno).isMissing { return nil }
            if case .tooShort(_, let got, let minimum) = error {
                throw .damaged(path: path, reason: "it has \(got) bytes, less than its header's \(minimum)")
            }
            throw StoreError(error)
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }
}

extension StoreError {
    init(_ error: MappedFileError) {
        self =
            switch error {
            case .system(_, let path, let errno): StoreError(SystemError(code: errno), path: path)
            case .notRegular(let path): .damaged(path: path, reason: "it is not a regular file")
            case .tooShort(let path, _, _), .outOfBounds(let path, _, _, _):
                .damaged(path: path, reason: error.description)
            }
    }
}
