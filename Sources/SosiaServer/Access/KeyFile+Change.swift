internal import Foundation

extension KeyFile {
    /// Reads the keys, changes them and writes them back; of two that do so at a time, the second waits.
    /// - Throws: ``KeyFileError``.
    public func change<Result>(
        _ body: (inout KeyRing) throws(KeyFileError) -> Result
    ) throws(KeyFileError) -> Result {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unusable(path: folder, reason: error.localizedDescription)
        }
        // The lock is on the folder: the file is replaced whenever it is written.
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(of: folder) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else { throw failure(of: folder) }
        var ring = try read()
        let result = try body(&ring)
        try write(ring)
        return result
    }
}
