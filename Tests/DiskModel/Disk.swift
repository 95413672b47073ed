/// What a disk holds while a program changes files: what is durable, and what a power cut may still undo.
///
/// POSIX promises that `fsync` of a file keeps its bytes and its length, and `fsync` of a folder the names in it, and nothing
/// else. So whatever was changed since is lost or kept by itself, in any combination, as in ALICE (Pillai et al., *All file
/// systems are not created equal*, OSDI 2014) and CrashMonkey (Mohan et al., OSDI 2018). Renaming within a folder is atomic.
/// A disk is expected to honour a flush, and to write a sector as a whole.
package struct Disk: Sendable {
    /// A file or a folder, under whatever names it has.
    enum Node: Sendable, Hashable {
        case file([UInt8])
        case folder([String: Int])
    }

    /// A change that is not durable yet.
    struct Change: Sendable {
        enum Kind: Sendable {
            case write(offset: Int, bytes: [UInt8])
            case length(Int)
            /// Names that now stand for another node, or for none.
            case names([(name: String, node: Int?)])
        }

        let node: Int
        let kind: Kind
    }

    private static let root = 0

    private let path: String
    private var durable: [Int: Node] = [0: .folder([:])]
    package var pendingCount: Int { pending.count }
    var pending: [Change] = []
    /// The folders as the program sees them.
    private var folders: [Int: [String: Int]] = [0: [:]]
    private var opened: [Int: Int] = [:]
    private var nodes = 1

    /// An empty disk.
    /// - Parameter path: of the folder below which calls are followed.
    package init(path: String) {
        self.path = path
    }

    package mutating func apply(_ call: SystemCall) throws {
        switch call {
        case .open(let file, let path, let creates, let empties):
            if creates { try name(path, node: make(.file([]))) }
            let node = try node(path)
            opened[file] = node
            if empties { pending.append(Change(node: node, kind: .length(0))) }
        case .write(let file, let offset, let bytes):
            pending.append(Change(node: try opened(file), kind: .write(offset: offset, bytes: bytes)))
        case .truncate(let file, let length):
            pending.append(Change(node: try opened(file), kind: .length(length)))
        case .sync(let file): synchronize(try opened(file))
        case .rename(let old, let new):
            let (folder, name) = try place(old)
            let (newFolder, newName) = try place(new)
            guard folder == newFolder else { throw UnknownCall("\(old) is renamed into another folder") }
            change(folder, [(name, nil), (newName, try node(old))])
        case .link(let old, let new): try name(new, node: node(old))
        case .unlink(let path), .removeFolder(let path): try name(path, node: nil)
        case .makeFolder(let path): try name(path, node: make(.folder([:])))
        case .answered: break
        }
    }

    private mutating func make(_ node: Node) -> Int {
        durable[nodes] = node
        if case .folder(let names) = node { folders[nodes] = names }
        nodes += 1
        return nodes - 1
    }

    private mutating func name(_ path: String, node: Int?) throws {
        let (folder, name) = try place(path)
        change(folder, [(name, node)])
    }

    private mutating func change(_ folder: Int, _ names: [(name: String, node: Int?)]) {
        for (name, node) in names { folders[folder]?[name] = node }
        pending.append(Change(node: folder, kind: .names(names)))
    }

    private mutating func synchronize(_ node: Int) {
        for change in pending where change.node == node { Self.apply(change, to: &durable) }
        pending.removeAll { $0.node == node }
    }

    private func opened(_ file: Int) throws -> Int {
        guard let node = opened[file] else { throw UnknownCall("file \(file) was never opened") }
        return node
    }

    /// The node that a path names now.
    private func node(_ path: String) throws -> Int {
        if path == self.path { return Self.root }
        let (folder, name) = try place(path)
        guard let node = folders[folder]?[name] else { throw UnknownCall("nobody made \(path)") }
        return node
    }

    /// The folder that a path lies in, and its name there.
    private func place(_ path: String) throws -> (folder: Int, name: String) {
        guard path.hasPrefix(self.path + "/") else { throw UnknownCall("\(path) lies elsewhere") }
        var parts = path.dropFirst(self.path.count).split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { throw UnknownCall("\(path) has no name") }
        var folder = Self.root
        for part in parts {
            guard let next = folders[folder]?[part] else { throw UnknownCall("nobody made \(part) of \(path)") }
            folder = next
        }
        return (folder, name)
    }

    static func apply(_ change: Change, to nodes: inout [Int: Node]) {
        switch (change.kind, nodes.removeValue(forKey: change.node)) {
        case (.write(let offset, let new), .file(var bytes)?):
            resize(&bytes, to: max(bytes.count, offset + new.count))
            // Not byte by byte: there are many.
            bytes.withUnsafeMutableBytes { target in
                new.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: $0) }
            }
            nodes[change.node] = .file(bytes)
        case (.length(let length), .file(var bytes)?):
            resize(&bytes, to: length)
            nodes[change.node] = .file(bytes)
        case (.names(let changed), .folder(var names)?):
            for (name, node) in changed { names[name] = node }
            nodes[change.node] = .folder(names)
        case (_, let node): nodes[change.node] = node
        }
    }

    private static func resize(_ bytes: inout [UInt8], to length: Int) {
        if length < bytes.count { bytes.removeLast(bytes.count - length) }
        if length > bytes.count { bytes += [UInt8](repeating: 0, count: length - bytes.count) }
    }

    /// What is found after a power cut that loses some of the changes.
    package func state(after loss: Loss) -> DiskState {
        var nodes = durable
        for (position, change) in pending.enumerated() {
            switch loss.fate(of: position) {
            case .kept: Self.apply(change, to: &nodes)
            case .lost: break
            case .torn(let seed):
                for part in change.sectors(keptBy: seed) { Self.apply(part, to: &nodes) }
            }
        }
        var state = DiskState()
        Self.walk(Self.root, "", nodes, into: &state)
        return state
    }

    private static func walk(_ node: Int, _ path: String, _ nodes: [Int: Node], into state: inout DiskState) {
        switch nodes[node] {
        case .file(let bytes): state.files[path] = bytes
        case .folder(let names):
            if !path.isEmpty { state.folders.append(path) }
            for (name, node) in names.sorted(by: { $0.key < $1.key }) {
                walk(node, path.isEmpty ? name : path + "/" + name, nodes, into: &state)
            }
        case nil: break
        }
    }
}

/// The files that are found after a power cut.
package struct DiskState: Hashable, Sendable {
    /// By path, relative to the disk's folder.
    package var files: [String: [UInt8]] = [:]
    /// Those above come first.
    package var folders: [String] = []

    /// Equal for equal states, within a process.
    var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(folders)
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            hasher.combine(path)
            hasher.combine(bytes.count)
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
        return hasher.finalize()
    }
}
