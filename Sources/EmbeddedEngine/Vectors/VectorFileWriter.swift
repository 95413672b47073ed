import FileSystem
import SosiaCore

/// Appends rows to a vector file and makes them durable. Rows that the catalog never named are written over.
struct VectorFileWriter: ~Copyable {
    /// Rows that are copied from one file to another at once, bytes.
    static let blockBytes = 4 << 20

    private let file: FileWriter
    private let rowBytes: Int

    /// Opens a file that exists.
    init(opening path: String, dimension: Int) throws(StoreError) {
        rowBytes = dimension * MemoryLayout<Float>.size
        file = try StoreError.translating { () throws(FileError) in try FileWriter(opening: path) }
    }

    /// Makes a new file without rows, durable under its name; what lies there is replaced.
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
