internal import Kernels
internal import FileSystem
internal import SosiaCore
internal import Synchronization

/// Checks the part of a mapped file that searches read against its checksum, once.
final class FileVerification: Sendable {
    /// Files up to this size are checked when they are opened, larger ones at the first search, so that opening takes
    /// milliseconds.
    static let checkedWhenOpened = 16 << 20
    private static let chunkBytes = 4 << 20

    private let file: MappedFile
    private let range: Range<Int>
    private let expected: UInt64
    private let verdict = Mutex<Bool?>(nil)

    init(file: MappedFile, range: Range<Int>, expected: UInt64) {
        self.file = file
        self.range = range
        self.expected = expected
    }

    /// - Throws: `IndexError.damaged`, at every call once found.
    func check() throws(IndexError) {
        let isIntact = verdict.withLock { verdict in
            if let verdict { return verdict }
            let result = Self.sum(of: file, range) == expected
            verdict = result
            // Searches touch a small share of what was just read.
            file.release()
            return result
        }
        guard isIntact else { throw .damaged("the checksum of the codes is wrong") }
    }

    /// The checksum of the checksums of chunks.
    static func sum(of file: MappedFile, _ range: Range<Int>) -> UInt64 {
        file.withBytes { bytes in
            var sums: [UInt8] = []
            for start in stride(from: range.lowerBound, to: range.upperBound, by: chunkBytes) {
                let end = min(start + chunkBytes, range.upperBound)
                sums.appendLittleEndian(checksum(bytes.extracting(start..<end)))
            }
            return checksum(sums.span.bytes)
        }
    }
}
