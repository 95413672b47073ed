internal import CArchives
import Platform

/// A tar archive that is read from front to back, on one thread at a time.
final class Archive {
    /// Of one file in it.
    struct Entry {
        enum Kind: Equatable {
            case file
            case folder
            /// A hard link: the file that has this name in the archive, before it.
            case link(to: String)
            case other
        }

        /// As stored, bytes that are not UTF-8 replaced.
        let name: String
        let kind: Kind
        let size: Int64
    }

    private let path: String
    private let native: UnsafeMutableRawPointer

    /// - Throws: `unreadableArchive`, `libraryMissing`
    init(_ path: String) throws(TinyImageError) {
        var opened: UnsafeMutableRawPointer?
        var message = Message()
        let status = message.withPointer { sosia_archive_open(path, &opened, $0) }
        try Self.check(status, message, path)
        guard let opened else { throw .unreadableArchive(path: path, reason: message.text) }
        native = opened
        self.path = path
    }

    deinit { sosia_archive_close(native) }

    /// - Returns: nil after the last entry.
    func next() throws(TinyImageError) -> Entry? {
        var entry = sosia_archive_entry()
        var message = Message()
        let status = message.withPointer { sosia_archive_next(native, &entry, $0) }
        if status == SOSIA_ARCHIVE_END { return nil }
        try Self.check(status, message, path)
        let kind: Entry.Kind =
            if let target = entry.link { .link(to: String(cString: target)) } else {
                entry.is_file != 0 ? .file : entry.is_folder != 0 ? .folder : .other
            }
        return Entry(name: entry.name.map { String(cString: $0) } ?? "", kind: kind, size: entry.size)
    }

    /// The bytes of the entry that came last.
    func read(count: Int) throws(TinyImageError) -> [UInt8] {
        var status = SOSIA_ARCHIVE_OK
        var message = Message()
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            status = message.withPointer { sosia_archive_read(native, out.baseAddress, count, &filled, $0) }
        }
        try Self.check(status, message, path)
        return bytes
    }

    private static func check(
        _ status: sosia_archive_status, _ message: Message, _ path: String
    ) throws(TinyImageError) {
        switch status {
        case SOSIA_ARCHIVE_OK: return
        case SOSIA_ARCHIVE_NO_LIBRARY: throw .libraryMissing(library: "libarchive", package: "libarchive13")
        default: throw .unreadableArchive(path: path, reason: message.text)
        }
    }
}

extension Message {
    fileprivate init() { self.init(size: Int(SOSIA_ARCHIVE_MESSAGE_SIZE)) }
}
