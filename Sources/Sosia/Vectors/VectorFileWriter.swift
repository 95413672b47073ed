import Foundation

/// Appends rows to a vector file and makes them durable. Rows that the catalog never named are written over.
struct VectorFileWriter: ~Copyable {
    /// Rows that are copied from one file to another at once, bytes.
    static let blockBytes = 4 << 20

    private let path: String
    private let descriptor: Int32
    private let rowBytes: Int

    /// Opens a file that exists.
    init(opening path: String, dimension: Int) throws(StoreError) {
        self.path = path
        rowBytes = dimension * MemoryLayout<Float>.size
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(SystemError.last, path: path) }
    }

    /// Makes a new file without rows, durable under its name; what lies there is replaced.
    init(creating path: String, header: VectorFileHeader) throws(StoreError) {
        self.path = path
        rowBytes = header.dimension * MemoryLayout<Float>.size
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError(SystemError.last, path: path) }
        try write(header.bytes, at: 0)
        try synchronize()
        try Folder.synchronize(containing: path)
    }

    deinit {
        close(descriptor)
    }

    /// Writes rows from `slot` on. They are durable after ``synchronize()``.
    func write(_ rows: [VectorRow], from slot: Int) throws(StoreError) {
        try write(Array(rows.map(\.bytes).joined()), at: VectorFileHeader.byteCount + slot * rowBytes)
    }

    func synchronize() throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw StoreError(SystemError.last, path: path) }
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written, off_t(offset + written))
            }
            if count < 0 {
                let error = SystemError.last
                if error.code == EINTR { continue }
                throw StoreError(error, path: path)
            }
            written += count
        }
    }
}
