#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file of any size that is mapped part by part, so that little of it is resident at once.
///
/// As with ``MappedFile``, access crashes the process if the file shrinks while a part is mapped.
public final class WindowedFile: Sendable {
    public let path: String
    /// The size of the file in bytes when it was opened.
    public let count: Int
    /// The stamp of the file when it was opened.
    public let stamp: FileStamp
    private let descriptor: Int32
    /// Bytes per read-ahead request. The system reads only the beginning of larger ones (8 MB of them when measured).
    private static let request = 4 << 20
    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    public init(_ path: String) throws(FileError) {
        let (descriptor, status) = try RegularFile.open(path, O_RDONLY)
        self.descriptor = descriptor
        self.path = path
        count = Int(status.st_size)
        stamp = FileStamp(status)
        #if os(Linux)
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        #endif
    }

    deinit { close(descriptor) }

    /// The bytes of a part, valid only within `body`.
    /// - Throws: `FileError.outOfBounds` if they are not within the file.
    public func withBytes<Result>(in range: Range<Int>, _ body: (RawSpan) throws -> Result) throws -> Result {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw FileError.outOfBounds(path: path, offset: range.lowerBound, count: range.count, length: count)
        }
        guard !range.isEmpty else { return try body(RawSpan()) }
        let before = range.lowerBound % Self.page
        let length = before + range.count
        guard let address = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, off_t(range.lowerBound - before)),
            address != MAP_FAILED
        else { throw FileError.last(.map, path) }
        defer { munmap(address, length) }
        _ = madvise(address, length, Int32(MADV_SEQUENTIAL))
        return try body(UnsafeRawBufferPointer(start: UnsafeRawPointer(address) + before, count: range.count).bytes)
    }

    /// Fills the caller's memory with a part of the file.
    /// - Throws: `FileError.outOfBounds` if the part is not within the file, or the file has become shorter.
    public func read(at offset: Int, into bytes: inout MutableRawSpan) throws(FileError) {
        let wanted = bytes.byteCount
        let beyond = FileError.outOfBounds(path: path, offset: offset, count: wanted, length: count)
        guard offset >= 0, wanted <= count, offset <= count - wanted else { throw beyond }
        let failure = bytes.withUnsafeMutableBytes { buffer -> FileError? in
            var done = 0
            while done < wanted, let base = buffer.baseAddress {
                let got = pread(descriptor, base + done, wanted - done, off_t(offset + done))
                if got < 0, errno == EINTR { continue }
                if got < 0 { return .last(.read, path) }
                if got == 0 { return beyond }
                done += got
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// Asks the system to read a part that will be needed soon, and returns immediately. Costs almost nothing if the last
    /// page of the part is already in the file cache.
    public func prefetch(_ range: Range<Int>) {
        #if os(Linux)
            let range = range.clamped(to: 0..<count)
            guard !range.isEmpty, !isCached(range) else { return }
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.request) {
                let count = min(Self.request, range.upperBound - start)
                posix_fadvise(descriptor, off_t(start), off_t(count), POSIX_FADV_WILLNEED)
            }
        #endif
    }

    /// Whether the last page of a part is in the file cache. The part must be within the file.
    public func isCached(_ range: Range<Int>) -> Bool {
        #if os(Linux)
            let last = (range.upperBound - 1) / Self.page * Self.page
            guard let address = mmap(nil, Self.page, PROT_READ, MAP_SHARED, descriptor, off_t(last)),
                address != MAP_FAILED
            else { return false }
            defer { munmap(address, Self.page) }
            var residency: UInt8 = 0
            return mincore(address, Self.page, &residency) == 0 && residency & 1 == 1
        #else
            return false
        #endif
    }

    /// A reader that bypasses the file cache.
    /// - Parameter capacity: the size of the largest part in bytes.
    /// - Returns: nil if the system or the file system does not support this.
    package func uncachedReader(capacity: Int) -> UncachedReader? {
        UncachedReader(descriptor: descriptor, capacity: capacity)
    }
}
