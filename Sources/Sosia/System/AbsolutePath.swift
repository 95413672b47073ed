import Foundation

/// A path as the catalog names files: absolute, without `.`, `..`, doubled or trailing slashes; links are kept.
public enum AbsolutePath {
    /// - Parameter folder: what a relative path is relative to; the working directory when nil.
    public static func of(_ path: String, relativeTo folder: String? = nil) -> String {
        let base = path.hasPrefix("/") ? "" : folder ?? FileManager.default.currentDirectoryPath
        var parts: [Substring] = []
        for part in (base + "/" + path).split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The name after the last slash.
    static func name(_ path: String) -> Substring {
        path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    }
}
