internal import Foundation

/// A limit on the process's resident memory, beyond which mapped pages are released.
///
/// Mapped pages count as resident although the system can reclaim them at any time, and it maps further pages around each
/// one that is accessed. Releasing them costs little: they stay in the page cache.
public struct MemoryBudget: Sendable, Hashable {
    public static let minimumBytes = 64 << 20

    public let bytes: Int

    /// - Returns: nil below ``minimumBytes``.
    public init?(bytes: Int) {
        guard bytes >= Self.minimumBytes else { return nil }
        self.bytes = bytes
    }

    /// How many bytes of mapped files may be read between two checks.
    public var stride: Int { bytes / 4 }

    /// Releases the pages of a file if another ``stride`` would exceed the budget.
    public func hold(_ file: MappedFile) {
        if let resident = Self.resident(), resident > bytes - stride { file.release() }
    }

    /// The process's resident memory in bytes; nil if unknown.
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

/// The memory available to the process, given the machine and its control groups.
package enum AvailableMemory {
    /// Bytes, including pages of the file cache; nil if unknown.
    ///
    /// A larger file does not stay in the file cache, however often it is read.
    package static func bytes() -> Int? {
        [meminfo(text("/proc/meminfo")), limit(groups: text("/proc/self/cgroup"), root: "/sys/fs/cgroup")]
            .compactMap(\.self).min()
    }

    /// `MemAvailable` of proc(5), in bytes.
    static func meminfo(_ text: String) -> Int? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 << 10 }
    }

    /// The lowest limit of the groups and their ancestors, in either version of cgroups(7). In a container the paths may
    /// be those of the host; then the container's own group is the root.
    static func limit(groups: String, root: String) -> Int? {
        var limits: [Int] = []
        for line in groups.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isUnified = fields[0] == "0" && fields[1].isEmpty
            guard isUnified || fields[1].split(separator: ",").contains("memory") else { continue }
            let name = isUnified ? "memory.max" : "memory.limit_in_bytes"
            var path = fields[2].split(separator: "/").filter { $0 != ".." }
            while true {
                for mount in isUnified ? [root, root + "/unified"] : [root + "/memory"] {
                    let file = ([mount] + path.map(String.init) + [name]).joined(separator: "/")
                    // `max` is not a number and means no limit.
                    if let bytes = Int(text(file).filter { !$0.isWhitespace }) { limits.append(bytes) }
                }
                if path.popLast() == nil { break }
            }
        }
        return limits.min()
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}

/// Freed memory that the C library retains.
///
/// The functions called here are not declared in any header visible to Swift, and exist only in the GNU library.
package enum FreedMemory {
    /// Limits arenas to half the number of processors instead of eight per processor: a server's threads take turns, and
    /// in a shared arena one can use what another freed. To be called on the main thread before others are created;
    /// `MALLOC_ARENA_MAX` in the environment takes precedence.
    package static func share() {
        guard ProcessInfo.processInfo.environment["MALLOC_ARENA_MAX"] == nil, let address = dlsym(nil, "mallopt")
        else { return }
        let arenas = max(ProcessInfo.processInfo.activeProcessorCount / 2, 1)
        _ = unsafeBitCast(address, to: (@convention(c) (Int32, Int32) -> Int32).self)(-8, Int32(arenas))  // M_ARENA_MAX
    }

    /// Returns freed memory to the system, after work that needed much more than what follows. Takes milliseconds.
    package static func giveBack() {
        guard let address = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(address, to: (@convention(c) (Int) -> Int32).self)(0)
    }
}
