internal import Foundation
internal import SystemPackage

/// Reads a file, as a whole or in pieces.
package struct FileReader: ~Copyable {
    /// How much of a file is read at once by those who need not keep it.
    package static let pieceBytes = 1 << 20

    package let path: String
    private let file: ReadableFile
    /// Its size in bytes when it was opened.
    package var count: Int { file.count }

    /// - Parameter roots: folders, without links, one of which must hold the file that the path leads to; nil for any.
    /// - Throws: ``FileError/notRegular(path:)`` for folders, pipes and devices; ``FileError/outside(path:)``;
    ///   ``FileError``.
    package init(_ path: String, below roots: [String]? = nil) throws(FileError) {
        self.path = path
        file = try ReadableFile(path, below: roots)
    }

    /// - Returns: the bytes from an offset on, less than `count` only at the end of the file.
    package func bytes(at offset: Int, count wanted: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while count < wanted, let base = buffer.baseAddress {
                let got = pread(file.descriptor, base + count, wanted - count, off_t(offset + count))
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
    /// - Throws: as for opening it.
    package static func bytes(
        of path: String, maximum: Int = .max, below roots: [String]? = nil
    ) throws(FileError) -> [UInt8] {
        let file = try FileReader(path, below: roots)
        return try file.bytes(at: 0, count: min(maximum, file.count + 1))
    }

    /// A part of a file, shorter where the file ends, and the file's stamp after it was read: while the stamps are equal,
    /// parts belong to the same bytes.
    /// - Parameter range: bytes of the file.
    /// - Throws: as for whole files.
    package static func part(
        of path: String, _ range: Range<Int>
    ) throws(FileError) -> (bytes: [UInt8], stamp: FileStamp) {
        let file = try FileReader(path)
        let end = min(range.upperBound, file.count)
        let bytes = try file.bytes(at: range.lowerBound, count: max(end - range.lowerBound, 0))
        var status = stat()
        guard fstat(file.file.descriptor, &status) == 0 else { throw .last(.status, path) }
        return (bytes, FileStamp(status))
    }
}
