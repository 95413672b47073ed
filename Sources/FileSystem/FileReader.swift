internal import Foundation
internal import SystemPackage

/// Reads files, or parts of them, into memory.
package enum FileReader {
    /// - Parameter maximum: the most bytes to read. One more than the expected size reveals a file that has grown.
    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError``.
    package static func bytes(of path: String, maximum: Int = .max) throws(FileError) -> [UInt8] {
        try withFile(path) { descriptor, size throws(FileError) in
            try bytes(of: path, descriptor, from: 0, count: min(maximum, size + 1))
        }
    }

    /// A part of a file, shorter where the file ends, and the file's stamp after it was read: while the stamps are equal,
    /// parts belong to the same bytes.
    /// - Parameter range: bytes of the file.
    /// - Throws: as for whole files.
    package static func part(
        of path: String, _ range: Range<Int>
    ) throws(FileError) -> (bytes: [UInt8], stamp: FileStamp) {
        try withFile(path) { descriptor, size throws(FileError) in
            let end = min(range.upperBound, size)
            let bytes = try bytes(
                of: path, descriptor, from: range.lowerBound, count: max(end - range.lowerBound, 0))
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .last(.status, path) }
            return (bytes, FileStamp(status))
        }
    }

    private static func withFile<Value>(
        _ path: String, _ body: (_ descriptor: Int32, _ size: Int) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        // Opening a pipe would otherwise wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last(.open, path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last(.status, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
        return try body(descriptor, Int(status.st_size))
    }

    private static func bytes(
        of path: String, _ descriptor: Int32, from start: Int, count wanted: Int
    ) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while count < wanted, let base = buffer.baseAddress {
                let got = pread(descriptor, base + count, wanted - count, off_t(start + count))
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
