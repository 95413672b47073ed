#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
internal import Synchronization

/// Reads parts of a file past the file cache, into memory of its own: for files that do not stay in the cache, where the
/// system would only be kept busy with making room.
///
/// One part at a time: each thread wants its own.
package final class UncachedReader: Sendable {
    /// What every file system accepts as a multiple of its blocks.
    private static let block = 4_096
    /// The system hands a disk few pieces at once; in huge pages they are large, which doubles what it reads.
    private static let hugePage = 2 << 20
    /// `O_DIRECT` of fcntl.h, which shows it to those who ask for GNU extensions alone.
    #if arch(arm64) || arch(arm)
        private static let direct: Int32 = 0o200000
    #else
        private static let direct: Int32 = 0o40000
    #endif

    private let descriptor: Int32
    /// Used with the lock held.
    private nonisolated(unsafe) let buffer: UnsafeMutableRawBufferPointer
    private let lock = Mutex(())

    /// - Parameters:
    ///   - descriptor: of the open file; it is opened once more, so that it is the same whatever became of its name.
    ///   - capacity: bytes of the largest part.
    /// - Returns: nil where the system or the file system cannot.
    init?(descriptor: Int32, capacity: Int) {
        #if os(Linux)
            let own = open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC | Self.direct)
            guard own >= 0 else { return nil }
            self.descriptor = own
            // A part may begin and end within a block.
            let rounded = (capacity + 2 * Self.block + Self.hugePage - 1) / Self.hugePage * Self.hugePage
            buffer = .allocate(byteCount: rounded, alignment: Self.hugePage)
            _ = madvise(buffer.baseAddress, rounded, MADV_HUGEPAGE)
        #else
            return nil
        #endif
    }

    deinit {
        buffer.deallocate()
        close(descriptor)
    }

    /// The bytes of a part; they stay valid within `body` only.
    /// - Returns: nil when the part could not be read this way.
    package func withBytes<Result>(in range: Range<Int>, _ body: (RawSpan) throws -> Result) rethrows -> Result? {
        try lock.withLock { _ in
            let before = range.lowerBound % Self.block
            guard fill(from: range.lowerBound - before, count: before + range.count) else { return nil }
            return try body(UnsafeRawBufferPointer(rebasing: buffer[before..<before + range.count]).bytes)
        }
    }

    private func fill(from start: Int, count: Int) -> Bool {
        let asked = (count + Self.block - 1) / Self.block * Self.block
        guard let base = buffer.baseAddress, asked <= buffer.count else { return false }
        var done = 0
        while done < count {
            let got = pread(descriptor, base + done, asked - done, off_t(start + done))
            if got < 0, errno == EINTR { continue }
            // Whatever the reason, the usual way of reading finds it, too, and has words for it.
            guard got > 0 else { return false }
            done += got
            // Behind the end of the file, or nothing that one could go on from.
            guard done >= count || done % Self.block == 0 else { return false }
        }
        return true
    }
}
