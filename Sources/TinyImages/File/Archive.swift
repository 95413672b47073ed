internal import CArchives

/// A tar archive that is read from front to back, on one thread at a time.
final class Archive {
    /// Of one file in it.
    struct Entry {
        /// As stored, bytes that are not UTF-8 replaced.
        let name: String
        let isFile: Bool
        let size: Int64
    }

    private let path: String
    private let native: UnsafeMutableRawPointer

    /// - Throws: `unreadableArchive`, `libraryMissing`
    init(_ path: String) throws(TinyImageError) {
        var opened: UnsafeMutableRawPointer?
        let (status, message) = Self.call { sosia_archive_open(path, &opened, $0) }
        try Self.check(status, message, path)
        guard let opened else { throw .unreadableArchive(path: path, reason: message) }
        native = opened
        self.path = path
    }

    deinit { sosia_archive_close(native) }

    /// - Returns: nil behind the last entry.
    func next() throws(TinyImageError) -> Entry? {
        var entry = sosia_archive_entry()
        let (status, message) = Self.call { sosia_archive_next(native, &entry, $0) }
        if status == SOSIA_ARCHIVE_END { return nil }
        try Self.check(status, message, path)
        let name = entry.name.map { String(cString: $0) } ?? ""
        return Entry(name: name, isFile: entry.is_file != 0, size: entry.size)
    }

    /// The bytes of the entry that came last.
    func read(count: Int) throws(TinyImageError) -> [UInt8] {
        var outcome = (status: SOSIA_ARCHIVE_OK, message: "")
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            outcome = Self.call { sosia_archive_read(native, out.baseAddress, count, &filled, $0) }
        }
        try Self.check(outcome.status, outcome.message, path)
        return bytes
    }

    private static func call(
        _ body: (UnsafeMutablePointer<CChar>?) -> sosia_archive_status
    ) -> (status: sosia_archive_status, message: String) {
        var text = [CChar](repeating: 0, count: Int(SOSIA_ARCHIVE_MESSAGE_SIZE))
        let status = text.withUnsafeMutableBufferPointer { body($0.baseAddress) }
        return (status, String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    private static func check(_ status: sosia_archive_status, _ message: String, _ path: String) throws(TinyImageError)
    {
        switch status {
        case SOSIA_ARCHIVE_OK: return
        case SOSIA_ARCHIVE_NO_LIBRARY: throw .libraryMissing(library: "libarchive", package: "libarchive13")
        default: throw .unreadableArchive(path: path, reason: message)
        }
    }
}
