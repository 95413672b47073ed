import FileSystem
public import SosiaCore

extension TileContainer {
    /// What became of a file since its tiles were added.
    public enum State: Sendable, Hashable {
        case asAdded
        case changed
        case missing
        /// The file is as it was, but an interrupted run did not look at all of it, or tiles were taken out one by one.
        case incomplete
        /// Only the machine that has the file can tell.
        case elsewhere(MachineName)
    }
}

extension TileContainer.State: CustomStringConvertible {
    public var description: String {
        switch self {
        case .asAdded: "is as it was added"
        case .changed: "has changed since its tiles were added; add it again"
        case .missing: "is gone; its tiles are found, but not shown"
        case .incomplete: "does not have all of its tiles in the collection; add it again"
        case .elsewhere(let machine): "is a file of \(machine); its tiles are found, but not shown here"
        }
    }
}

extension TileContainer {
    /// Asks the file system for the file and its parts, up to 513 of them, without opening any. It can take long, so it
    /// belongs on a thread of one's own.
    /// - Parameter machine: whose file system is asked; nothing is said of the files of others.
    public func state(on machine: MachineName) -> State {
        guard self.machine == machine else { return .elsewhere(self.machine) }
        do throws(TileError) {
            let present = try presentStamp()
            return !present.isSameFile(as: stamp) ? .changed : isComplete ? .asAdded : .incomplete
        } catch {
            if case .changed = error { return .changed }
            return .missing
        }
    }
}

// MARK: - Stamps

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
