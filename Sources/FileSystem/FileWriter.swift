#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

internal import SystemPackage

/// Writes a file: a new one from start to end, or an existing one at any offset.
package struct FileWriter: ~Copyable {
    package let path: String
    /// The number of bytes appended.
    package private(set) var count = 0
    private let descriptor: Int32

    /// Creates the file, or empties an existing one.
    package init(creating path: String) throws(FileError) {
        try self.init(creating: path, permissions: 0o644, isNew: false)
    }

    /// - Parameters:
    ///   - permissions: before the process's umask is applied.
    ///   - isNew: whether to fail if the file exists.
    package init(creating path: String, permissions: UInt32, isNew: Bool) throws(FileError) {
        self.path = path
        let flags = O_WRONLY | O_CREAT | (isNew ? O_EXCL : O_TRUNC)
        descriptor = try RegularFile.open(path, flags, permissions: permissions, operation: .create).descriptor
    }

    /// Opens an existing file for ``write(_:at:)``; nothing can be appended.
    package init(opening path: String) throws(FileError) {
        self.path = path
        descriptor = try RegularFile.open(path, O_WRONLY).descriptor
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    package mutating func append(_ bytes: RawSpan) throws(FileError) {
        try write(bytes, at: count)
        count += bytes.byteCount
    }

    /// Appends zeros until the length is a multiple of `alignment`.
    package mutating func pad(to alignment: Int) throws(FileError) {
        let missing = (alignment - count % alignment) % alignment
        try append([UInt8](repeating: 0, count: missing).span.bytes)
    }

    /// Overwrites appended bytes.
    package func overwrite(_ bytes: RawSpan, at offset: Int) throws(FileError) {
        guard offset >= 0, offset <= count, bytes.byteCount <= count - offset else {
            throw .outOfBounds(path: path, offset: offset, count: bytes.byteCount, length: count)
        }
        try write(bytes, at: offset)
    }

    /// Waits until the bytes have reached the disk.
    package func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw .last(.sync, path) }
    }

    /// Writes at any offset; gaps read as zeros.
    package func write(_ bytes: RawSpan, at offset: Int) throws(FileError) {
        let failure = bytes.withUnsafeBytes { buffer -> FileError? in
            var written = 0
            while written < buffer.count, let base = buffer.baseAddress {
                let result = pwrite(descriptor, base + written, buffer.count - written, off_t(offset + written))
                if result < 0 {
                    let error = FileError.last(.write, path)
                    if error.errno == .interrupted { continue }
                    return error
                }
                written += result
            }
            return nil
        }
        if let failure { throw failure }
    }
}
