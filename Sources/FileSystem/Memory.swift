internal import Foundation

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

/// The memory that programs can have: of the machine, and of the control groups that the process is in.
package enum AvailableMemory {
    /// Bytes, with what holds pages of files that can be read again. Nil where the system does not say.
    ///
    /// A file that is larger does not stay in the file cache, however often it is read.
    package static func bytes() -> Int? {
        [meminfo(text("/proc/meminfo")), limit(groups: text("/proc/self/cgroup"), root: "/sys/fs/cgroup")]
            .compactMap(\.self).min()
    }

    /// `MemAvailable` of proc(5), in bytes.
    static func meminfo(_ text: String) -> Int? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 << 10 }
    }

    /// The least limit of the groups and of those above them, in either version of cgroups(7). In a container the paths
    /// may be those of the host; the container's own group is the root then.
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
                    // `max` is no number.
                    if let bytes = Int(text(file).filter { !$0.isWhitespace }) { limits.append(bytes) }
                }
                if path.popLast() == nil { break }
            }
        }
        return limits.min()
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}

/// Memory that was freed, and that the C library keeps for itself.
///
/// No header that Swift sees declares what is called here, and only the GNU library has it.
package enum FreedMemory {
    /// Half as many arenas as processors, instead of eight for each: a server's threads take turns, and what one freed is
    /// then of use to the others. Called on the main thread before others are made; `MALLOC_ARENA_MAX` in the environment wins.
    package static func share() {
        guard ProcessInfo.processInfo.environment["MALLOC_ARENA_MAX"] == nil, let address = dlsym(nil, "mallopt")
        else { return }
        let arenas = max(ProcessInfo.processInfo.activeProcessorCount / 2, 1)
        _ = unsafeBitCast(address, to: (@convention(c) (Int32, Int32) -> Int32).self)(-8, Int32(arenas))  // M_ARENA_MAX
    }

    /// Gives it back to the system, after work that needed much more than what follows it. It takes milliseconds.
    package static func giveBack() {
        guard let address = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(address, to: (@convention(c) (Int) -> Int32).self)(0)
    }
}
