internal import Foundation
internal import SystemPackage

/// Opens files without waiting: whoever opens a pipe waits for its other end, and a device may do anything.
enum RegularFile {
    /// - Parameters:
    ///   - flags: of `open(2)`.
    ///   - permissions: of a file that `flags` create, before the process's umask is applied.
    /// - Returns: the descriptor, which the caller closes, and the file's status.
    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes, sockets and devices; ``FileError``.
    static func open(
        _ path: String, _ flags: Int32, permissions: UInt32 = 0, operation: FileError.Operation = .open
    ) throws(FileError) -> (descriptor: Int32, status: stat) {
        let descriptor = Foundation.open(path, flags | O_CLOEXEC | O_NONBLOCK, mode_t(permissions))
        guard descriptor >= 0 else {
            let error = FileError.last(operation, path)
            // A pipe that nobody reads, or a socket.
            throw error.errno == .noSuchAddressOrDevice ? .notRegular(path: path) : error
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = FileError.last(.status, path)
            close(descriptor)
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notRegular(path: path)
        }
        return (descriptor, status)
    }
}

/// A regular file that is open for reading.
struct ReadableFile: ~Copyable {
    let descriptor: Int32
    /// When it was opened.
    let stamp: FileStamp

    /// Bytes, when it was opened.
    var count: Int { Int(stamp.size) }

    /// - Parameter roots: folders, without links, one of which must hold the file that the path leads to; nil for any.
    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError/outside(path:)``;
    ///   ``FileError``.
    init(_ path: String, below roots: [String]? = nil) throws(FileError) {
        let (opened, status) = try RegularFile.open(path, O_RDONLY)
        guard roots.map({ Self.lies(opened, path, below: $0) }) ?? true else {
            close(opened)
            throw .outside(path: path)
        }
        descriptor = opened
        stamp = FileStamp(status)
    }

    /// Where the open file lies: a path that is looked at again may lead elsewhere by now.
    private static func lies(_ descriptor: Int32, _ path: String, below roots: [String]) -> Bool {
        #if os(Linux)
            let place = AbsolutePath.target(ofLink: "/proc/self/fd/\(descriptor)")
        #else
            let place = AbsolutePath.resolved(path)
        #endif
        return place.map { AbsolutePath.contains(oneOf: roots, $0) } ?? false
    }

    deinit { close(descriptor) }
}
