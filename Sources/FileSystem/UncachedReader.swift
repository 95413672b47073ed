#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
internal import Synchronization

/// Reads parts of a file into its own memory, bypassing the file cache: for files too large to stay in the cache, where
/// making room would only keep the system busy.
///
/// Reads one part at a time, so each thread needs its own reader.
package final class UncachedReader: Sendable {
    /// A multiple of the block size of every common file system.
    private static let block = 4_096
    /// The system passes few segments at a time to a disk; huge pages make them large, which doubles the throughput.
    private static let hugePage = 2 << 20
    /// `O_DIRECT` of fcntl.h, which declares it only with GNU extensions.
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
    ///   - descriptor: of the open file, through which the same file is opened again even if it was renamed.
    ///   - capacity: the size of the largest part in bytes.
    /// - Returns: nil if the system or the file system does not support this.
    init?(descriptor: Int32, capacity: Int) {
        #if os(Linux)
            let own = open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC | Self.direct)
            guard own >= 0 else { return nil }
            self.descriptor = own
            // A part may begin and end in the middle of a block.
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

    /// The bytes of a part, valid only within `body`.
    /// - Returns: nil if the part could not be read this way.
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
            // Whatever the reason, ordinary reading will fail, too, and report it.
            guard got > 0 else { return false }
            done += got
            // A partial block: the file has ended, or reading cannot continue here.
            guard done >= count || done % Self.block == 0 else { return false }
        }
        return true
    }
}
