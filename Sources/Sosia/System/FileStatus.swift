import Foundation
import MemoryMapping
import SosiaCore

/// What `stat(2)` says of a path, links followed.
struct FileStatus: Sendable, Hashable {
    enum Kind: Sendable {
        case file
        case folder
        case other
    }

    /// Device and inode: the same folder under two names has one.
    struct Identity: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
    }

    let kind: Kind
    let identity: Identity
    let stamp: ImageSource.Stamp

    init(path: String) throws(SystemError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError.last }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        stamp = ImageSource.Stamp(status)
    }
}
