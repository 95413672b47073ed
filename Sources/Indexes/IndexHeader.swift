internal import FileSystem
internal import Kernels
internal import SosiaCore
internal import Synchronization

/// The first 128 bytes of every index file; all numbers little-endian.
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 8 | magic, the kind of index |
/// | 8 | 4 | version |
/// | 12 | 4 | dimension |
/// | 16 | 4 | metric: 0 L2, 1 cosine, 2 inner product |
/// | 20 | 4 + 4 + 4 | three counts, by kind of index |
/// | 32 | 8 | rows |
/// | 40 | 8 + 8 | two values, by kind of index |
/// | 56 | 8 | checksum of what must be intact to open the file |
/// | 64 | 8 | checksum of what must be intact to search it |
/// | 72 | 8 | length of the file |
/// | 80 | 40 | zero |
/// | 120 | 8 | checksum of the bytes before |
struct IndexHeader: Hashable, Sendable {
    static let byteCount = 128
    static let version = 2
    static let maximumDimension = 1 << 16
    static let maximumRows = 1 << 32
    private static let metrics: [Metric] = [.l2, .cosine, .innerProduct]

    /// Eight ASCII characters.
    var magic: String
    var dimension: Int
    var metric: Metric
    var counts: [Int] = [0, 0, 0]
    var rowCount: Int
    var values: [UInt64] = [0, 0]
    var openChecksum: UInt64 = 0
    var searchChecksum: UInt64 = 0
    var fileLength: Int

    var bytes: [UInt8] {
        var fields = Array(magic.utf8)
        fields.appendLittleEndian(UInt32(Self.version))
        fields.appendLittleEndian(UInt32(dimension))
        fields.appendLittleEndian(UInt32(Self.metrics.firstIndex(of: metric) ?? 0))
        for count in counts { fields.appendLittleEndian(UInt32(count)) }
        fields.appendLittleEndian(UInt64(rowCount))
        for value in values { fields.appendLittleEndian(value) }
        fields.appendLittleEndian(openChecksum)
        fields.appendLittleEndian(searchChecksum)
        fields.appendLittleEndian(UInt64(fileLength))
        fields.append(contentsOf: repeatElement(0, count: Self.byteCount - 8 - fields.count))
        fields.appendLittleEndian(checksum(fields.span.bytes))
        return fields
    }

    init(magic: String, dimension: Int, metric: Metric, rowCount: Int, fileLength: Int) {
        self.magic = magic
        self.dimension = dimension
        self.metric = metric
        self.rowCount = rowCount
        self.fileLength = fileLength
    }

    /// Reads and checks the header of a file.
    /// - Throws: `IndexError.damaged`, `.unknownVersion`.
    init(of file: MappedFile, magic: String) throws {
        let fields = try file.bytes(0..<Self.byteCount)
        guard fields[..<8].elementsEqual(magic.utf8) else { throw IndexError.damaged("not a file of this kind") }
        let version = Int(UInt32(littleEndian: fields, at: 8))
        guard version == Self.version else {
            throw IndexError.unknownVersion(got: version, expected: Self.version)
        }
        guard checksum(fields.span.bytes.extracting(0..<120)) == UInt64(littleEndian: fields, at: 120) else {
            throw IndexError.damaged("the header's checksum is wrong")
        }
        self.magic = magic
        dimension = Int(UInt32(littleEndian: fields, at: 12))
        let code = Int(UInt32(littleEndian: fields, at: 16))
        counts = [20, 24, 28].map { Int(UInt32(littleEndian: fields, at: $0)) }
        let rows = UInt64(littleEndian: fields, at: 32)
        values = [40, 48].map { UInt64(littleEndian: fields, at: $0) }
        openChecksum = UInt64(littleEndian: fields, at: 56)
        searchChecksum = UInt64(littleEndian: fields, at: 64)
        let length = UInt64(littleEndian: fields, at: 72)
        guard (1...Self.maximumDimension).contains(dimension), code < Self.metrics.count,
            rows <= UInt64(Self.maximumRows), length == UInt64(file.count)
        else {
            throw IndexError.damaged("the sizes in the header do not fit the file")
        }
        metric = Self.metrics[code]
        rowCount = Int(rows)
        fileLength = file.count
    }
}

extension MappedFile {
    /// Copies a range of bytes.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        try withSpan(of: UInt8.self, offset: range.lowerBound, count: range.count) { span in
            span.indices.map { span[$0] }
        }
    }
}

extension [UInt8] {
    mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

extension FixedWidthInteger {
    init(littleEndian bytes: [UInt8], at offset: Int) {
        self = 0
        for index in 0..<Self.bitWidth / 8 { self |= Self(bytes[offset + index]) << Self(8 * index) }
    }
}

/// Checks once that the part of a mapped file that searches read matches its checksum.
final class FileVerification: Sendable {
    /// Files up to this size are checked when opened; larger ones at the first search, so that opening stays fast.
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

    /// - Throws: `IndexError.damaged`, at every call.
    func check() throws(IndexError) {
        let isIntact = verdict.withLock { verdict in
            if let verdict { return verdict }
            let result = Self.sum(of: file, range) == expected
            verdict = result
            // Searches touch only a small part of what was just read.
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
