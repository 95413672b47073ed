internal import Foundation
internal import SystemPackage

/// A lock that one process holds at a time (`flock(2)`), and that is released when the process dies.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Parameter path: the lock file, which is created if missing.
    /// - Throws: ``FileError/locked(path:)`` immediately if the lock is held.
    package init(_ path: String) throws(FileError) {
        descriptor = try RegularFile.open(path, O_RDWR | O_CREAT, permissions: 0o644).descriptor
        // Since everything is initialised, deinit closes the descriptor even if init throws.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = FileError.last(.lock, path)
            throw error.errno == .wouldBlock ? .locked(path: path) : error
        }
    }

    /// Waits for the right that a file stands for, which is made when it is not there.
    package init(waitingFor path: String) throws(FileError) {
        descriptor = try RegularFile.open(path, O_RDWR | O_CREAT, permissions: 0o644).descriptor
        while flock(descriptor, LOCK_EX) != 0 {
            guard Errno(rawValue: errno) == .interrupted else { throw .last(.lock, path) }
        }
    }

    /// Waits for the right to a folder that is there: for files in it that are replaced, and so cannot carry a lock.
    package init(waitingForFolder path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(.open, path) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard Errno(rawValue: errno) == .interrupted else { throw .last(.lock, path) }
        }
    }

    deinit {
        close(descriptor)
    }
}
