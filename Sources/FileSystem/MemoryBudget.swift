#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How much memory the process may keep resident; mapped pages are given back when it is more.
///
/// Mapped pages count as resident although the system could take them at any moment, and the system maps more around
/// each page that is touched. Giving them back costs little: they stay in the page cache.
public struct MemoryBudget: Sendable, Hashable {
    public static let minimumBytes = 64 << 20

    public let bytes: Int

    /// - Returns: nil for less than ``minimumBytes``.
    public init?(bytes: Int) {
        guard bytes >= Self.minimumBytes else { return nil }
        self.bytes = bytes
    }

    /// So much may be read of mapped files between two looks at what is resident.
    public var stride: Int { bytes / 4 }

    /// Gives the pages of a file back when so much is resident that another ``stride`` would exceed the budget.
    public func hold(_ file: MappedFile) {
        if let resident = Self.resident(), resident > bytes - stride { file.release() }
    }

    /// Bytes of this process in memory; nil where the system does not say.
    static func resident() -> Int? {
        #if os(Linux)
            let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            var buffer = [UInt8](repeating: 0, count: 128)
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return nil }
            let fields = buffer[..<count].split(separator: UInt8(ascii: " "))
            guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return nil }
            return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        #else
            return nil
        #endif
    }
}
