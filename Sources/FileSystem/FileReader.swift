internal import Foundation
internal import SystemPackage

/// Reads whole files.
package enum FileReader {
    /// - Parameter maximum: the most bytes to read. One more than the expected size reveals a file that has grown.
    /// - Parameter roots: folders, without links, one of which must hold the file that the path leads to; nil for any.
    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError/outside(path:)``;
    ///   ``FileError``.
    package static func bytes(
        of path: String, maximum: Int = .max, below roots: [String]? = nil
    ) throws(FileError) -> [UInt8] {
        // Opening a pipe would otherwise wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last(.open, path) }
        defer { close(descriptor) }
        if let roots {
            // Where the open file lies: a path that is looked at again may lead elsewhere by now.
            #if os(Linux)
                let place = AbsolutePath.target(ofLink: "/proc/self/fd/\(descriptor)")
            #else
                let place = AbsolutePath.resolved(path)
            #endif
            guard let place, AbsolutePath.contains(oneOf: roots, place) else { throw .outside(path: path) }
        }
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
