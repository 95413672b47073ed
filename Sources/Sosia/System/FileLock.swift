import Foundation

/// A right that one process holds at a time (`flock(2)`); a process that dies loses it.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Parameters:
    ///   - path: the file that stands for the right; made when it is not there.
    ///   - subject: what the right is for, named in the error.
    /// - Throws: ``StoreError/locked(path:)`` when another holder exists; it is not waited for.
    init(_ path: String, of subject: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError(SystemError.last, path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            // The descriptor is closed by deinit, which runs although init throws: everything is initialised by now.
            let error = SystemError.last
            throw error.code == EWOULDBLOCK ? .locked(path: subject) : StoreError(error, path: path)
        }
    }

    deinit {
        close(descriptor)
    }
}

extension StoreError {
    /// The meaning of a failed system call on a file of the collection.
    init(_ error: SystemError, path: String) {
        self =
            switch error.code {
            case ENOSPC, EDQUOT: .diskFull(path: path)
            case EROFS, EACCES, EPERM: .readOnly(path: path)
            case ENOENT: .missing(path: path)
            default: .failed(path: path, reason: error.description)
            }
    }
}
