import FileSystem
import SosiaCore

/// A device that files were read on, and the one on which the same files are seen now: it got another number when it was
/// mounted. Copies, which have other inodes, do not tell that the first device is here.
struct Renumbering: Hashable, Sendable {
    private let before: UInt64
    private let now: UInt64

    init(before: UInt64, now: UInt64) {
        (self.before, self.now) = (before, now)
    }

    /// - Returns: nil when it is the same device, or not the same file.
    init?(from before: ImageSource.Stamp, to now: ImageSource.Stamp) {
        guard let old = before.device, let new = now.device, old != new, let inode = before.inode, inode == now.inode
        else { return nil }
        self.init(before: old, now: new)
    }
}

/// Tells files that were deleted from those whose disk is not there: one that is not mounted leaves an empty folder, or
/// the folder above, which lies on another device.
struct AbsentDisks {
    /// The nearest folder above a missing file that is there.
    private struct Remaining {
        let path: String
        /// nil where nothing is there.
        let device: UInt64?
        /// Whether nothing is in it but what is hidden or a system's own.
        let isEmpty: Bool
    }

    private let renumbered: Set<Renumbering>
    private let force: Bool
    /// By the folder in which a file is missing; nil where a file stands in the place of a folder.
    private var remaining: [String: Remaining?] = [:]
    /// Missing files whose disk seems not to be there, by folder.
    private var kept: [String: (files: Int, isEmpty: Bool)] = [:]

    /// - Parameter force: keep nothing.
    init(renumbered: Set<Renumbering>, force: Bool) {
        self.renumbered = renumbered
        self.force = force
    }

    /// The folders below which files are kept, in the order of their paths, and how many.
    var folders: [SkippedFile] {
        kept.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { path, found in
            SkippedFile(
                path: path,
                reason: found.isEmpty ? .emptied(files: found.files) : .otherDevice(files: found.files))
        }
    }

    /// - Parameters:
    ///   - path: of a file that is missing.
    ///   - stamp: what it had when it was read; nil where that is not known.
    /// - Returns: whether it is to be kept, since its disk seems not to be there.
    mutating func keep(_ path: String, stamp: ImageSource.Stamp?) -> Bool {
        guard !force, let parent = Folder.parent(of: path), let folder = folder(above: parent) else { return false }
        var isElsewhere = false
        if let before = stamp?.device, let now = folder.device, before != now {
            isElsewhere = !renumbered.contains(Renumbering(before: before, now: now))
        }
        guard folder.isEmpty || isElsewhere else { return false }
        kept[folder.path, default: (0, folder.isEmpty)].files += 1
        return true
    }

    private mutating func folder(above path: String) -> Remaining? {
        if let known = remaining[path] { return known }
        let found = find(path)
        remaining[path] = .some(found)
        return found
    }

    private mutating func find(_ path: String) -> Remaining? {
        do throws(FileError) {
            let status = try FileStatus(path: path)
            guard status.kind == .folder else { return nil }
            let isEmpty = try Folder.names(in: path).allSatisfy { WalkRules().hides($0) || WalkRules.isOfSystem($0) }
            return Remaining(path: path, device: status.stamp.device, isEmpty: isEmpty)
        } catch {
            guard error.isMissing, let parent = Folder.parent(of: path), parent != path else { return nil }
            // A link that leads nowhere is no better than an empty folder.
            if AbsolutePath.isLink(path) { return Remaining(path: path, device: nil, isEmpty: true) }
            return folder(above: parent)
        }
    }
}
