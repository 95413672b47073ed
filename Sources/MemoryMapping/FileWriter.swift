#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes one new file from front to back; an existing one is emptied first.
public struct FileWriter: ~Copyable {
    public let path: String
    /// How many bytes were appended.
    public private(set) var count = 0
    private let descriptor: Int32

    public init(creating path: String) throws(MappedFileError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(operation: .create, path: path, errno: errno) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    public mutating func append(_ bytes: RawSpan) throws(MappedFileError) {
        try write(bytes, at: count)
        count += bytes.byteCount
    }

    /// Appends zeros until the length is a multiple of `alignment`.
    public mutating func pad(to alignment: Int) throws(MappedFileError) {
        let missing = (alignment - count % alignment) % alignment
        try append([UInt8](repeating: 0, count: missing).span.bytes)
    }

    /// Overwrites bytes that were appended before.
    public func overwrite(_ bytes: RawSpan, at offset: Int) throws(MappedFileError) {
        guard offset >= 0, offset <= count, bytes.byteCount <= count - offset else {
            throw .outOfBounds(path: path, offset: offset, count: bytes.byteCount, length: count)
        }
        try write(bytes, at: offset)
    }

    /// Returns when the bytes have reached the disk.
    public func sync() throws(MappedFileError) {
        guard fsync(descriptor) == 0 else { throw .system(operation: .sync, path: path, errno: errno) }
    }

    private func write(_ bytes: RawSpan, at offset: Int) throws(MappedFileError) {
        let failure = bytes.withUnsafeBytes { buffer -> Int32? in
            var written = 0
            while written < buffer.count, let base = buffer.baseAddress {
                let result = pwrite(descriptor, base + written, buffer.count - written, off_t(offset + written))
                if result < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                written += result
            }
            return nil
        }
        if let failure { throw .system(operation: .write, path: path, errno: failure) }
    }
}
