internal import Foundation
internal import SystemPackage

/// Tells, without opening it, whether a file is still the one that was read.
public struct FileStamp: Sendable, Hashable {
    /// Bytes.
    public let size: Int64
    /// When its bytes were last written, nanoseconds since 1970.
    public let modified: Int64
    /// When its bytes, name, links or permissions were last changed, nanoseconds since 1970.
    public let changed: Int64
    /// Its number on the device; a new file with the same name has another one.
    public let inode: UInt64
    public let device: UInt64

    init(_ status: stat) {
        #if canImport(Darwin)
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        size = Int64(status.st_size)
        self.modified = Self.nanoseconds(modified)
        self.changed = Self.nanoseconds(changed)
        inode = UInt64(status.st_ino)
        device = UInt64(truncatingIfNeeded: status.st_dev)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Whether it is the same file with the same bytes, as far as a status can tell. Links and permissions may have
    /// changed.
    package func isSameFile(as other: FileStamp) -> Bool {
        size == other.size && modified == other.modified && inode == other.inode && device == other.device
    }
}

/// What `stat(2)` says about a path, following links.
package struct FileStatus: Sendable, Hashable {
    package enum Kind: Sendable {
        case file
        case folder
        case other
    }

    /// The same for all names of a file or folder.
    package struct Identity: Sendable, Hashable {
        package let device: UInt64
        package let inode: UInt64
    }

    package let kind: Kind
    package let stamp: FileStamp

    package var identity: Identity { Identity(device: stamp.device, inode: stamp.inode) }

    package init(path: String) throws(FileError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last(.status, path) }
        self.init(status)
    }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        stamp = FileStamp(status)
    }
}
