import FileSystem

/// What a walk passes over inside of folders, unless it is named: hidden entries, what systems and programs keep for
/// themselves, collections, and what patterns exclude.
struct WalkRules: Sendable {
    enum Ground: Sendable {
        case hidden, system, collection, excluded
    }

    var includesHidden = false
    /// The last one that matches decides.
    var patterns: [PathPattern] = []
    /// The folder of the collection that is added to.
    var collection: String?

    /// Folders of thumbnails, deleted files and snapshots (Synology, QNAP, NetApp, ZFS, Windows, macOS, the freedesktop.org
    /// Trash specification), in lower case.
    private static let systemNames: Set<String> = [
        "@eadir", "@tmp", "@recycle", "@recently-snapshot", "@sharesnap", "@__thumb", ".@__thumb", "#recycle",
        "#snapshot", "$recycle.bin", "recycler", "system volume information", "found.000", "lost+found", "~snapshot",
        ".snapshot", ".snapshots", ".zfs", "__macosx", ".ds_store", ".spotlight-v100", ".fseventsd", ".temporaryitems",
        ".documentrevisions-v100", ".appledouble", ".appledb", ".appledesktop", "network trash folder",
        "temporary items", ".thumbnails", ".thumbnail", ".dtrash", ".stversions",
    ]

    /// Whether a name is one that systems and programs give to what is theirs.
    static func isOfSystem(_ name: String) -> Bool {
        let name = name.lowercased()
        // `._` begins what macOS keeps of a file where the file system cannot (AppleDouble).
        return systemNames.contains(name) || name.hasPrefix(".trash") || name.hasPrefix("._")
    }

    /// Decided by the name alone, before a file is looked at.
    func hides(_ name: String) -> Bool { !includesHidden && Self.isHidden(name) }

    /// Decided by bytes: with a combining mark behind it, the dot makes another character.
    private static func isHidden(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: ".") }

    /// - Returns: why an entry is passed over; nil if it is not.
    func ground(passingOver path: String, name: String, isFolder: Bool) -> Ground? {
        if isFolder || Self.isHidden(name) {
            if Self.isOfSystem(name) { return .system }
            if hides(name) { return .hidden }
        }
        if isFolder, name.hasSuffix(EmbeddedDirectory.ending) || path == collection { return .collection }
        return !patterns.isEmpty && excludes(path, isFolder: isFolder) ? .excluded : nil
    }

    private func excludes(_ path: String, isFolder: Bool) -> Bool {
        let names = path.utf8.split(separator: UInt8(ascii: "/")).map { Array(Substring($0).unicodeScalars) }
        return patterns.last { $0.matches(names, isFolder: isFolder) }.map { !$0.isNegated } ?? false
    }

    /// Whether a walk from a folder no longer meets a file below it, because patterns exclude it. What only has a name that
    /// systems use was not asked to be forgotten.
    func leavesOut(_ path: String, below root: String) -> Bool {
        var (part, isFolder) = (path, false)
        while !AbsolutePath.areSame(part, root), let folder = Folder.parent(of: part) {
            switch ground(passingOver: part, name: AbsolutePath.name(part), isFolder: isFolder) {
            case .excluded: return true
            case .system, .hidden, .collection, nil: (part, isFolder) = (folder, true)
            }
            if part == "/" { break }
        }
        return false
    }
}
