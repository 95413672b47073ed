internal import Foundation

/// Normalised paths: absolute, without `.`, `..`, and doubled or trailing slashes; links are not resolved.
package enum AbsolutePath {
    private static let slash = UInt8(ascii: "/")

    /// - Parameter folder: what a relative path is relative to; nil for the working directory.
    package static func of(_ path: String, relativeTo folder: String? = nil) -> String {
        let base = isAbsolute(path) ? "" : folder ?? FileManager.default.currentDirectoryPath
        var parts: [Substring] = []
        for part in (base + "/" + path).utf8.split(separator: slash).map(Substring.init) where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Decided by bytes, as everywhere here: with a combining mark at the beginning of a name, the slash before it makes
    /// one character.
    package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

    /// The paths that are not at or below another one, each once, sorted.
    ///
    /// Compared byte by byte: texts that Swift considers equal (canonical equivalence) can name different files.
    package static func disjoint(_ paths: [String]) -> [String] {
        // With the slash as the lowest byte, a folder sorts directly before everything below it.
        let keyed = paths.map { path in (path: path, key: path == "/" ? [] : path.utf8.map { $0 == slash ? 0 : $0 }) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var kept: [(path: String, key: [UInt8])] = []
        for item in keyed {
            if let last = kept.last, item.key.starts(with: last.key),
                item.key.count == last.key.count || item.key[last.key.count] == 0
            {
                continue
            }
            kept.append(item)
        }
        return kept.map(\.path)
    }

    /// Whether two texts name the same file, byte by byte.
    package static func areSame(_ path: String, _ other: String) -> Bool { path.utf8.elementsEqual(other.utf8) }

    /// Whether a path lies at or below another one, byte by byte.
    package static func contains(_ root: String, _ path: String) -> Bool {
        if root == "/" { return true }
        guard path.utf8.starts(with: root.utf8) else { return false }
        let rest = path.utf8.dropFirst(root.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }

    /// Whether a path lies at or below one of some others, byte by byte.
    package static func contains(oneOf roots: [String], _ path: String) -> Bool {
        roots.contains { contains($0, path) }
    }

    /// The path without links; nil if there is nothing at its end.
    package static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether the path itself is a symbolic link.
    package static func isLink(_ path: String) -> Bool { target(ofLink: path) != nil }

    /// What a symbolic link says; nil if it is none.
    static func target(ofLink path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    /// The name after the last slash.
    package static func name(_ path: String) -> String {
        String(path[(path.utf8.lastIndex(of: slash).map(path.utf8.index(after:)) ?? path.startIndex)...])
    }
}
