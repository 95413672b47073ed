import FileSystem
import Images
import SosiaCore
import SystemPackage

/// The picture files at and below some paths, in the order of their names, one at a time.
///
/// A path that is named is taken whatever it is called; inside a folder only files that are called like pictures are
/// taken, and hidden ones are not. Links are followed, but not out of folders that hold everything; a folder is walked
/// once, under the name that comes first.
struct FileWalk: Sequence, IteratorProtocol {
    enum Item: Hashable, Sendable {
        case file(path: String, stamp: ImageSource.Stamp)
        case skipped(SkippedFile)
    }

    /// Paths still to visit, the next one last.
    private var pending: [(path: String, named: Bool)]
    private var visited: Set<FileStatus.Identity> = []
    /// The paths that were named, by their bytes, and whether they were met: a folder may hold them, too.
    private var named: [[UInt8]: Bool] = [:]
    private let roots: [String]?

    /// - Parameters:
    ///   - paths: absolute paths of files and folders.
    ///   - roots: folders, without links, out of which no link is followed; nil if links lead anywhere.
    init(_ paths: [String], onlyBelow roots: [String]? = nil) {
        self.roots = roots
        pending = paths.reversed().map { ($0, true) }
        if paths.count > 1 { for path in paths { named[Array(path.utf8)] = false } }
    }

    mutating func next() -> Item? {
        while let (path, named) = pending.popLast() {
            var named = named
            if !self.named.isEmpty {
                let key = Array(path.utf8)
                let isMet = self.named[key]
                if isMet == true { continue }
                if isMet == false { self.named[key] = true }
                named = isMet != nil
            }
            if let item = visit(path, named: named) { return item }
        }
        return nil
    }

    private mutating func visit(_ path: String, named: Bool) -> Item? {
        let name = AbsolutePath.name(path)
        if !named && name.hasPrefix(".") { return nil }
        if let roots, Self.leadsOut(path, of: roots) { return .skipped(SkippedFile(path: path, reason: .outside)) }
        let status: FileStatus
        do {
            status = try FileStatus(path: path)
        } catch {
            // The file system's bytes were replaced on the way to a String, so that the name no longer leads anywhere.
            // Whether it is a folder of pictures or something else cannot be told.
            let garbled = error.errno == .noSuchFileOrDirectory && name.unicodeScalars.contains("\u{FFFD}")
            guard named || garbled || PictureFormat.isUsual(name: name) || error.errno != .noSuchFileOrDirectory else {
                return nil
            }
            return .skipped(SkippedFile(path: path, reason: garbled ? .nameIsNotUTF8 : SkipReason(error)))
        }
        switch status.kind {
        case .folder:
            return enter(path, status, named: named)
        case .other:
            return named ? .skipped(SkippedFile(path: path, reason: .notARegularFile)) : nil
        case .file:
            guard named || PictureFormat.isUsual(name: name) else { return nil }
            if path.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) {
                return .skipped(SkippedFile(path: path, reason: .nameHasLineBreak))
            }
            return .file(path: path, stamp: ImageSource.Stamp(status.stamp))
        }
    }

    /// A link to nothing is treated alike, so that nobody learns what there is elsewhere.
    private static func leadsOut(_ path: String, of roots: [String]) -> Bool {
        guard let place = AbsolutePath.resolved(path) else { return AbsolutePath.isLink(path) }
        return !AbsolutePath.contains(oneOf: roots, place)
    }

    private mutating func enter(_ path: String, _ status: FileStatus, named: Bool) -> Item? {
        guard visited.insert(status.identity).inserted else {
            let isLoop = !named && Self.isBelowItself(path, status.identity)
            return isLoop ? .skipped(SkippedFile(path: path, reason: .linkLoop)) : nil
        }
        do throws(FileError) {
            let names = try Folder.names(in: path).sorted(by: >)
            let stem = path == "/" ? "/" : path + "/"
            pending.append(contentsOf: names.map { (path: stem + $0, named: false) })
            return nil
        } catch {
            return .skipped(SkippedFile(path: path, reason: SkipReason(error)))
        }
    }

    /// Whether a folder on the way to `path` is what `path` leads to.
    private static func isBelowItself(_ path: String, _ identity: FileStatus.Identity) -> Bool {
        var folder = path[...]
        while let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) {
            folder = folder[..<slash]
            if (try? FileStatus(path: folder.isEmpty ? "/" : String(folder)))?.identity == identity { return true }
        }
        return false
    }
}
