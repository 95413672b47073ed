internal import Foundation

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
