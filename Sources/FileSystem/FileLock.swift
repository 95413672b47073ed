internal import Foundation
internal import SystemPackage

/// A lock that one process holds at a time (`flock(2)`), and that is released when the process dies.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Parameters:
    ///   - path: the lock file, which is created if missing.
    ///   - isWaiting: whether to wait for whoever holds the lock.
    /// - Throws: ``FileError/locked(path:)`` immediately if the lock is held and is not to be waited for.
    package init(_ path: String, isWaiting: Bool = false) throws(FileError) {
        descriptor = try RegularFile.open(path, O_RDWR | O_CREAT, permissions: 0o644).descriptor
        try lock(path, isWaiting: isWaiting)
    }

    /// Waits for the lock of an existing folder: for files in it that are replaced, and so cannot carry a lock.
    package init(waitingForFolder path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(.open, path) }
        try lock(path, isWaiting: true)
    }

    private func lock(_ path: String, isWaiting: Bool) throws(FileError) {
        // Since everything is initialised, deinit closes the descriptor even if init throws.
        while flock(descriptor, isWaiting ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            let error = FileError.last(.lock, path)
            guard error.errno == .interrupted else { throw error.errno == .wouldBlock ? .locked(path: path) : error }
        }
    }

    /// Leaves word of who holds the lock for those who find it held; what cannot be written is left out.
    package func sign(_ text: String) {
        let bytes = Array(text.utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, bytes, bytes.count, 0) }
    }

    /// What the last holder signed with; it may have gone.
    package static func signature(_ path: String) -> String? {
        (try? FileReader.bytes(of: path, maximum: 4_096)).map { String(decoding: $0, as: UTF8.self) }
    }

    deinit {
        close(descriptor)
    }
}
