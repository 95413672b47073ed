/// The file behind a raster, and what it was when it was opened.
struct SourceFile {
    /// As it was given.
    let path: String
    /// From the root.
    let absolute: String
    private let stamp: FileStamp
    /// Of a mosaic.
    private var parts: [(path: String, stamp: FileStamp)] = []
    /// More parts than this are not looked at.
    private static let maximumParts = 512

    /// - Throws: ``RasterError/missing(path:)``, ``RasterError/refused(path:reason:)``
    init(_ path: String) throws(RasterError) {
        if path.utf8.contains(0) { throw .refused(path: path, reason: "its name has a zero byte") }
        if path.contains("://") { throw .refused(path: path, reason: "an address is not opened") }
        // The library's own file systems: archives, memory, the network.
        if path.hasPrefix("/vsi") { throw .refused(path: path, reason: "a virtual file is not opened") }
        // From the root on, no name can be taken for XML, a connection or a part of another file.
        guard !path.isEmpty, let absolute = WorkingFolder.absolute(path) else { throw .missing(path: path) }
        if absolute.hasPrefix("/vsi") { throw .refused(path: path, reason: "a virtual file is not opened") }
        guard let stamp = FileStamp(of: absolute) else { throw .missing(path: path) }
        guard stamp.isFile else { throw .refused(path: path, reason: "it is not a file") }
        self.path = path
        self.absolute = absolute
        self.stamp = stamp
    }

    /// From now on, other files must stay as they are, too. Side files may not: programs that only look at a raster write
    /// them.
    mutating func watch(_ files: [String]) {
        parts = files.filter { $0 != absolute && !$0.hasSuffix(".aux.xml") }.prefix(Self.maximumParts).compactMap {
            file in
            FileStamp(of: file).map { (file, $0) }
        }
    }

    /// - Throws: ``RasterError/changed(path:)``, ``RasterError/vanished(path:)``
    func check() throws(RasterError) {
        guard let now = FileStamp(of: absolute) else { throw .vanished(path: path) }
        guard now == stamp else { throw .changed(path: path) }
        for part in parts {
            guard let now = FileStamp(of: part.path) else { throw .vanished(path: part.path) }
            guard now == part.stamp else { throw .changed(path: part.path) }
        }
    }
}
