import FileSystem
import Images
import SosiaCore
import SystemPackage

/// The picture files at and below some paths, in the order of their names, one at a time.
///
/// A path that is named is taken whatever it is called; inside a folder files are taken that are called like pictures or
/// whose ending says nothing, unless the rules pass over them. Links are followed, but not out of folders that hold
/// everything; a folder is walked once, under the name that comes first.
struct FileWalk: Sequence, IteratorProtocol {
    enum Item: Hashable, Sendable {
        case file(path: String, stamp: ImageSource.Stamp)
        /// A file whose name does not tell whether it is a picture: its first bytes do (``isPicture(_:below:)``).
        case odd(path: String, stamp: ImageSource.Stamp)
        case skipped(SkippedFile)
    }

    /// Paths still to visit, the next one last.
    private var pending: [(path: String, named: Bool)]
    private var visited: Set<FileStatus.Identity> = []
    /// The paths that were named, by their bytes, and whether they were met: a folder may hold them, too.
    private var named: [[UInt8]: Bool] = [:]
    private let roots: [String]?
    private let rules: WalkRules
    /// So far.
    private(set) var passedOver = IngestReport.PassedOver()

    /// - Parameters:
    ///   - paths: absolute paths of files and folders.
    ///   - roots: folders, without links, out of which no link is followed; nil if links lead anywhere.
    init(_ paths: [String], onlyBelow roots: [String]? = nil, rules: WalkRules = WalkRules()) {
        self.roots = roots
        self.rules = rules
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
        if !named, rules.hides(name) {
            passedOver.count(WalkRules.isOfSystem(name) ? .system : .hidden, name: name)
            return nil
        }
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
        if !named, let ground = rules.ground(passingOver: path, name: name, isFolder: status.kind == .folder) {
            passedOver.count(ground, name: name)
            return nil
        }
        switch status.kind {
        case .folder:
            return enter(path, status, named: named)
        case .other:
            return named ? .skipped(SkippedFile(path: path, reason: .notARegularFile)) : nil
        case .file:
            let stamp = ImageSource.Stamp(status.stamp)
            if named || PictureFormat.isUsual(name: name) { return Self.taken(path, stamp) }
            if UnreadKind(ending: PictureFormat.ending(of: name)) == nil { return .odd(path: path, stamp: stamp) }
            passedOver.count(kindOf: path)
            return nil
        }
    }

    /// A picture, if its name can stand in a result.
    static func taken(_ path: String, _ stamp: ImageSource.Stamp) -> Item {
        path.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" })
            ? .skipped(SkippedFile(path: path, reason: .nameHasLineBreak)) : .file(path: path, stamp: stamp)
    }

    /// Whether a file begins like a picture. What cannot be read does not.
    static func isPicture(_ path: String, below roots: [String]? = nil) -> Bool {
        do throws(FileError) {
            let head = try FileReader(path, below: roots).bytes(at: 0, count: PictureFormat.sniffedBytes)
            return PictureFormat(sniffing: head) != nil
        } catch {
            return false
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
