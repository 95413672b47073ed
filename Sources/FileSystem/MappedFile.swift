#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

internal import Synchronization

/// A file mapped read-only into memory until the last reference is gone.
///
/// The mapping keeps its length: bytes that are appended later are not seen, and a file that shrinks meanwhile makes
/// the system end the process on access (SIGBUS), so mapped files are only ever appended to or replaced by rename.
public final class MappedFile: Sendable {
    /// How the bytes are going to be read; a hint to the system.
    public enum Access: Int, Sendable, Hashable {
        case normal
        case sequential
        case random
        /// All of the file is wanted soon.
        case willNeed
    }

    public let path: String
    /// The number of bytes that are mapped.
    public let count: Int
    /// Mapped for reading until deinit: nobody writes through it.
    private nonisolated(unsafe) let base: UnsafeRawPointer?
    /// The hint that was given last; giving one for a large file takes milliseconds.
    private let advised = Atomic(Access.normal.rawValue)

    /// - Parameters:
    ///   - minimumCount: the least length in bytes that makes sense.
    ///   - length: maps only so many bytes from the start; nil maps the whole file.
    ///   - populate: reads all of it into memory now (Linux; elsewhere a hint).
    public init(
        _ path: String, minimumCount: Int = 0, length: Int? = nil, access: Access = .normal, populate: Bool = false
    ) throws(FileError) {
        // A pipe would otherwise keep the program waiting for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last(.open, path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last(.status, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
        let size = Int(status.st_size)
        let wanted = max(minimumCount, length ?? 0)
        guard size >= wanted else { throw .tooShort(path: path, got: size, minimum: wanted) }
        let mapped = length ?? size
        self.path = path
        guard mapped > 0 else {
            count = 0
            base = nil
            return
        }
        var flags = MAP_SHARED
        #if os(Linux)
            if populate { flags |= Int32(MAP_POPULATE) }
        #endif
        guard let address = mmap(nil, mapped, PROT_READ, flags, descriptor, 0), address != MAP_FAILED else {
            throw .last(.map, path)
        }
        count = mapped
        base = UnsafeRawPointer(address)
        advise(access)
        if populate { advise(.willNeed) }
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), count) }
    }

    /// Tells the system how the bytes are going to be read. It may ignore that.
    public func advise(_ access: Access) {
        guard let base, advised.exchange(access.rawValue, ordering: .relaxed) != access.rawValue else { return }
        let advice =
            switch access {
            case .normal: MADV_NORMAL
            case .sequential: MADV_SEQUENTIAL
            case .random: MADV_RANDOM
            case .willNeed: MADV_WILLNEED
            }
        _ = madvise(UnsafeMutableRawPointer(mutating: base), count, Int32(advice))
    }

    /// Takes the pages out of the process's resident memory; the system's file cache may keep them, and touching them
    /// maps them again. What is scattered over a large file otherwise adds up, as each touch maps its surroundings.
    public func release() {
        guard let base else { return }
        _ = madvise(UnsafeMutableRawPointer(mutating: base), count, Int32(MADV_DONTNEED))
    }

    /// All mapped bytes; they stay valid within `body` only.
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count).bytes)
    }

    /// `count` values that start `offset` bytes into the file, in the machine's (little-endian) layout.
    /// - Throws: `FileError.outOfBounds` when they do not lie in the file or are not aligned for their type.
    public func withSpan<Element: BitwiseCopyable, Result: ~Copyable>(
        of type: Element.Type, offset: Int = 0, count elements: Int, _ body: (Span<Element>) throws -> Result
    ) throws -> Result {
        let (bytes, overflow) = elements.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard offset >= 0, elements >= 0, !overflow, offset <= count, bytes <= count - offset,
            offset % MemoryLayout<Element>.alignment == 0
        else {
            throw FileError.outOfBounds(path: path, offset: offset, count: elements, length: count)
        }
        guard let base else { return try body(Span()) }
        let start = (base + offset).assumingMemoryBound(to: Element.self)
        return try body(UnsafeBufferPointer(start: start, count: elements).span)
    }
}
