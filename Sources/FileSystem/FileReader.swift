internal import Foundation
internal import SystemPackage

/// Reads whole files.
package enum FileReader {
    /// - Parameter maximum: the most bytes to read. One more than the expected size reveals a file that has grown.
    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError``.
    package static func bytes(of path: String, maximum: Int = .max) throws(FileError) -> [UInt8] {
        // Opening a pipe would otherwise wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last(.open, path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last(.status, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
        let wanted = min(maximum, Int(status.st_size) + 1)
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while count < wanted, let base = buffer.baseAddress {
                let got = read(descriptor, base + count, wanted - count)
                if got < 0 {
                    let error = FileError.last(.read, path)
                    if error.errno == .interrupted { continue }
                    failure = error
                }
                guard got > 0 else { return }
                count += got
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
