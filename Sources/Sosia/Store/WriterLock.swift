import Foundation

/// The right to write to a collection, held by one process at a time (`flock(2)`); a process that dies loses it.
final class WriterLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``StoreError/locked(path:)`` when another holder exists; it is not waited for.
    init(_ layout: StoreLayout) throws(StoreError) {
        descriptor = open(layout.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError(SystemError.last, path: layout.lock) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = SystemError.last
            close(descriptor)
            throw error.code == EWOULDBLOCK ? .locked(path: layout.root) : StoreError(error, path: layout.lock)
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
