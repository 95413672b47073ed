import FileSystem
import SosiaCore

extension TileContainer {
    /// The stamp of all files that it is read from, as they are now.
    /// - Throws: ``TileError/missing(path:)``, ``TileError/changed(path:)``, ``TileError/unreadable(path:reason:)``
    func presentStamp() throws(TileError) -> ImageSource.Stamp { try Self.stamp(of: path, with: facts.parts ?? []) }

    /// The sizes of all files together, and a number that is another one when the time of any of them is.
    /// - Throws: ``TileError/missing(path:)``, ``TileError/changed(path:)`` when a side file is gone,
    ///   ``TileError/unreadable(path:reason:)``
    static func stamp(of path: String, with parts: [String]) throws(TileError) -> ImageSource.Stamp {
        var (size, modified) = (Int64(0), Int64(0))
        for file in [path] + parts {
            let stamp: FileStamp
            do throws(FileError) {
                stamp = try FileStatus(path: file).stamp
            } catch {
                guard error.isMissing else { throw .unreadable(path: file, reason: error.reason) }
                // Without what lay beside it, a file says something else; without a part, it has lost pixels.
                throw file != path && file.hasPrefix(stem(path) + ".") ? .changed(path: path) : .missing(path: file)
            }
            size &+= stamp.size
            if file == path {
                modified = stamp.modified
            } else {
                var mixed = SplitMix(seed: UInt64(bitPattern: modified ^ stamp.modified))
                modified = Int64(bitPattern: mixed.next())
            }
        }
        return ImageSource.Stamp(size: size, modified: modified)
    }

    /// Where the other files would be if the file lay somewhere else: those that are named after it beside it.
    func parts(at other: String) -> [String] {
        (facts.parts ?? []).map { part in
            let stem = Self.stem(path)
            if part.hasPrefix(path) { return other + part.dropFirst(path.count) }
            return part.hasPrefix(stem + ".") ? Self.stem(other) + part.dropFirst(stem.count) : part
        }
    }

    private static func stem(_ path: String) -> String {
        let name = AbsolutePath.name(path)
        guard let dot = name.lastIndex(of: ".") else { return path }
        return String(path.dropLast(name.distance(from: dot, to: name.endIndex)))
    }
}
