internal import Foundation
internal import SystemPackage

/// Reads a file, as a whole or in pieces.
package struct FileReader: ~Copyable {
    /// How much of a file is read at once by those who need not keep it.
    package static let pieceBytes = 1 << 20

    package let path: String
    /// Its size in bytes when it was opened.
    package let count: Int
    private let descriptor: Int32

    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError``.
    package init(_ path: String) throws(FileError) {
        let (descriptor, status) = try RegularFile.open(path, O_RDONLY)
        self.path = path
        self.descriptor = descriptor
        count = Int(status.st_size)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// - Returns: the bytes from an offset on, less than `count` only at the end of the file.
    package func bytes(at offset: Int, count wanted: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while count < wanted, let base = buffer.baseAddress {
                let got = pread(descriptor, base + count, wanted - count, off_t(offset + count))
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

    /// Calls `body` with one piece after the other, up to the end of the file.
    /// - Parameter body: says whether to go on.
    package func forEachPiece(_ body: ([UInt8]) -> Bool) throws(FileError) {
        var offset = 0
        while true {
            let piece = try bytes(at: offset, count: Self.pieceBytes)
            guard !piece.isEmpty, body(piece) else { return }
            offset += piece.count
        }
    }

    /// The whole file.
    /// - Parameter maximum: the most bytes to read. One more than the expected size reveals a file that has grown.
    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError``.
    package static func bytes(of path: String, maximum: Int = .max) throws(FileError) -> [UInt8] {
        let file = try FileReader(path)
        return try file.bytes(at: 0, count: min(maximum, file.count + 1))
    }
}
