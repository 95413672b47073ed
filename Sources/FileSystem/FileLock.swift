internal import Foundation
internal import SystemPackage

/// A lock that one process holds at a time (`flock(2)`), and that is released when the process dies.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Parameters:
    ///   - path: the lock file, which is created if missing.
    ///   - isWaiting: whether to wait for whoever holds the lock.
    /// - Throws: ``FileError/locked(path:)`` immediately if the lock is held and is not to be waited for.
    package convenience init(_ path: String, isWaiting: Bool = false) throws(FileError) {
        try self.init(path, O_RDWR | O_CREAT, isWaiting: isWaiting)
    }

    /// Waits for the lock of an existing folder: for files in it that are replaced, and so cannot carry a lock.
    package convenience init(waitingForFolder path: String) throws(FileError) {
        try self.init(path, O_RDONLY | O_DIRECTORY, isWaiting: true)
    }

    private init(_ path: String, _ flags: Int32, isWaiting: Bool) throws(FileError) {
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last(.open, path) }
        // Since everything is initialised, deinit closes the descriptor even if init throws.
        while flock(descriptor, isWaiting ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            let error = FileError.last(.lock, path)
            guard error.errno == .interrupted else { throw error.errno == .wouldBlock ? .locked(path: path) : error }
        }
    }

    deinit {
        close(descriptor)
    }
}
