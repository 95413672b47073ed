/// The file behind a raster, and what it was when it was opened.
struct SourceFile {
    /// As it was given.
    let path: String
    /// From the root.
    let absolute: String
    private let stamp: FileStamp

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

    /// - Throws: ``RasterError/changed(path:)``, ``RasterError/vanished(path:)``
    func check() throws(RasterError) {
        guard let now = FileStamp(of: absolute) else { throw .vanished(path: path) }
        guard now == stamp else { throw .changed(path: path) }
    }
}
