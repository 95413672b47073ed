import Foundation

/// What the system says this process holds in memory, in bytes.
struct ResidentMemory: Encodable {
    /// All resident pages.
    var resident = 0
    /// Those that belong to no file.
    var anonymous = 0
    /// The most that was ever resident.
    var peak = 0
    /// Resident pages of mapped files by path. The system may drop them whenever memory is short.
    var files: [String: Int] = [:]

    /// - Returns: nil where there is no `/proc`.
    static func now() -> ResidentMemory? {
        guard let status = text(of: "/proc/self/status"), let maps = text(of: "/proc/self/smaps") else { return nil }
        var memory = ResidentMemory()
        for line in status.split(separator: "\n") {
            switch line.prefix(while: { $0 != ":" }) {
            case "VmRSS": memory.resident = bytes(line)
            case "RssAnon": memory.anonymous = bytes(line)
            case "VmHWM": memory.peak = bytes(line)
            default: break
            }
        }
        var path: String?
        for line in maps.split(separator: "\n") {
            if line.hasPrefix("Rss:") {
                if let path { memory.files[path, default: 0] += bytes(line) }
            } else if let first = line.first, first.isHexDigit, !first.isUppercase {
                path = line.firstIndex(of: "/").map { String(line[$0...]) }
            }
        }
        return memory
    }

    /// Files of `/proc` have no length and come in pieces.
    private static func text(of path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var bytes = Data()
        while let piece = try? file.read(upToCount: 1 << 16), !piece.isEmpty { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number of `Name:   123 kB`.
    private static func bytes(_ line: Substring) -> Int {
        let words = line.split(separator: " ")
        return words.count >= 2 ? (Int(words[words.count - 2]) ?? 0) * 1024 : 0
    }
}
