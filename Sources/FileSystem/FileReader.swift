internal import Foundation
internal import SystemPackage

/// Reads files, or parts of them, into memory.
package enum FileReader {
    /// - Parameter maximum: the most bytes to read. One more than the expected size reveals a file that has grown.
    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError``.
    package static func bytes(of path: String, maximum: Int = .max) throws(FileError) -> [UInt8] {
        let file = try ReadableFile(path)
        return try file.bytes(from: 0, count: min(maximum, file.count + 1), path)
    }

    /// A part of a file, shorter where the file ends, and the file's stamp after it was read: while the stamps are equal,
    /// parts belong to the same bytes.
    /// - Parameter range: bytes of the file.
    /// - Throws: as for whole files.
    package static func part(
        of path: String, _ range: Range<Int>
    ) throws(FileError) -> (bytes: [UInt8], stamp: FileStamp) {
        let file = try ReadableFile(path)
        let end = min(range.upperBound, file.count)
        let bytes = try file.bytes(from: range.lowerBound, count: max(end - range.lowerBound, 0), path)
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw .last(.status, path) }
        return (bytes, FileStamp(status))
    }
}

extension ReadableFile {
    fileprivate func bytes(from start: Int, count wanted: Int, _ path: String) throws(FileError) -> [UInt8] {
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

/// A regular file that is open for reading.
struct ReadableFile: ~Copyable {
    let descriptor: Int32
    /// When it was opened.
    let stamp: FileStamp

    /// Bytes, when it was opened.
    var count: Int { Int(stamp.size) }

    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError``.
    init(_ path: String) throws(FileError) {
        // Opening a pipe would otherwise wait for a writer.
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else { throw .last(.open, path) }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            defer { close(opened) }
            throw status.st_mode == 0 ? .last(.status, path) : .notRegular(path: path)
        }
        descriptor = opened
        stamp = FileStamp(status)
    }

    deinit { close(descriptor) }
}
