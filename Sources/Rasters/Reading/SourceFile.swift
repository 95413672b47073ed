internal import FileSystem

/// The file behind a raster, and what it was when it was opened.
struct SourceFile {
    /// As it was given.
    let path: String
    /// From the root.
    let absolute: String
    private let stamp: FileStamp
    /// Other files that it is read from.
    private var parts: [(path: String, stamp: FileStamp)] = []
    /// More parts than this are not looked at.
    private static let maximumParts = 512

    /// Absolute.
    var partPaths: [String] { parts.map(\.path) }

    /// - Throws: ``RasterError/missing(path:)``, ``RasterError/refused(path:reason:)``
    init(_ path: String) throws(RasterError) {
        if path.utf8.contains(0) { throw .refused(path: path, reason: "its name has a zero byte") }
        if path.contains("://") { throw .refused(path: path, reason: "an address is not opened") }
        // The library's own file systems: archives, memory, the network.
        if path.hasPrefix("/vsi") { throw .refused(path: path, reason: "a virtual file is not opened") }
        // From the root on, no name can be taken for XML, a connection or a part of another file.
        guard !path.isEmpty, let absolute = WorkingFolder.absolute(path) else { throw .missing(path: path) }
        if absolute.hasPrefix("/vsi") { throw .refused(path: path, reason: "a virtual file is not opened") }
        guard let status = try? FileStatus(path: absolute) else { throw .missing(path: path) }
        guard status.kind == .file else { throw .refused(path: path, reason: "it is not a file") }
        self.path = path
        self.absolute = absolute
        stamp = status.stamp
    }

    /// From now on, these files must stay as they are, too.
    mutating func watch(_ files: [String]) {
        var seen: Set = [absolute]
        let others = files.compactMap(WorkingFolder.absolute).filter { seen.insert($0).inserted }
        parts = others.prefix(Self.maximumParts).compactMap { file in
            guard let status = try? FileStatus(path: file), status.kind == .file else { return nil }
            return (file, status.stamp)
        }
    }

    /// Those of the names that the library looks for beside a raster at which there is a file: statistics and masks,
    /// overviews, where it lies on earth.
    static func sideFiles(of absolute: String) -> [String] {
        let name = AbsolutePath.name(absolute)
        let type = name.split(separator: ".").dropFirst().last.map(String.init) ?? ""
        let stem = absolute.dropLast(type.isEmpty ? 0 : type.count + 1)
        var names = [".aux.xml", ".ovr", ".msk"].map { absolute + $0 }
        var worlds = ["wld", type + "w"]
        if let first = type.first, let last = type.last, type.count > 2 { worlds.append("\(first)\(last)w") }
        names += ["prj"].map { "\(stem).\($0)" } + worlds.map { "\(stem).\($0)" }
        return names.filter { (try? FileStatus(path: $0))?.kind == .file }
    }

    /// - Throws: ``RasterError/changed(path:)``, ``RasterError/vanished(path:)``
    func check() throws(RasterError) {
        guard let now = try? FileStatus(path: absolute).stamp else { throw .vanished(path: path) }
        guard now.isSameFile(as: stamp) else { throw .changed(path: path) }
        for part in parts {
            guard let now = try? FileStatus(path: part.path).stamp else { throw .vanished(path: part.path) }
            guard now.isSameFile(as: part.stamp) else { throw .changed(path: part.path) }
        }
    }
}
