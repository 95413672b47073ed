internal import FileSystem
internal import Foundation

extension KeyFile {
    /// Reads the keys, changes them and writes them back; of two that do so at a time, the second waits.
    /// - Throws: ``KeyFileError``.
    public func change<Result>(
        _ body: (inout KeyRing) throws(KeyFileError) -> Result
    ) throws(KeyFileError) -> Result {
        let folder = Folder.parent(of: path) ?? "."
        let lock: FileLock
        do throws(FileError) {
            try Folder.create(folder, permissions: 0o700)
            // The lock is on the folder: the file is replaced whenever it is written.
            lock = try FileLock(waitingForFolder: folder)
        } catch {
            throw .unusable(path: folder, reason: error.reason)
        }
        defer { withExtendedLifetime(lock) {} }
        var ring = try read()
        let result = try body(&ring)
        try write(ring)
        return result
    }
}
