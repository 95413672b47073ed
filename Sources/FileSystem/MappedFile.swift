#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

internal import Synchronization

/// A file mapped read-only into memory until the last reference to it is released.
///
/// The length of the mapping is fixed: bytes appended later are not visible, and if the file shrinks, access crashes the
/// process (SIGBUS). Mapped files must therefore only be appended to or replaced by renaming.
public final class MappedFile: Sendable {
    /// How the bytes will be read, as a hint to the system.
    public enum Access: Int, Sendable, Hashable {
        case normal
        case sequential
        case random
        /// The whole file will be needed soon.
        case willNeed
    }

    public let path: String
    /// The number of mapped bytes.
    public let count: Int
    /// Mapped for reading until deinit and never written through.
    private nonisolated(unsafe) let base: UnsafeRawPointer?
    /// The last hint; giving one for a large file takes milliseconds.
    private let advised = Atomic(Access.normal.rawValue)

    /// - Parameters:
    ///   - minimumCount: the smallest valid length in bytes.
    ///   - length: the number of bytes to map from the start; nil for the whole file.
    ///   - populate: whether to read everything into memory now (only a hint except on Linux).
    public init(
        _ path: String, minimumCount: Int = 0, length: Int? = nil, access: Access = .normal, populate: Bool = false
    ) throws(FileError) {
        let (descriptor, status) = try RegularFile.open(path, O_RDONLY)
        defer { close(descriptor) }
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

    /// Tells the system how the bytes will be read.
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

    /// Releases the pages from the process's resident memory. The system's file cache may keep them, and accessing them
    /// maps them again. Otherwise scattered accesses to a large file add up, as each one maps the pages around it.
    public func release() {
        guard let base else { return }
        _ = madvise(UnsafeMutableRawPointer(mutating: base), count, Int32(MADV_DONTNEED))
    }

    /// All mapped bytes, valid only within `body`.
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count).bytes)
    }

    /// `count` values that start `offset` bytes into the file, in the machine's (little-endian) layout.
    /// - Throws: `FileError.outOfBounds` if they are not within the file or not aligned for their type.
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
