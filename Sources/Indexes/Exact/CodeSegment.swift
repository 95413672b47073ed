internal import FileSystem
internal import Kernels

/// One part for each kind of code.
struct Codes<Part: Sendable>: Sendable {
    /// Blocks of prefix codes.
    var prefix: Part
    /// Rows of middle codes.
    var middle: Part
    /// Rows of the upper halves of full codes.
    var coarse: Part
    /// Rows of the lower halves.
    var fine: Part
}

/// The codes of a run of rows, in memory or in a mapped file.
struct CodeSegment: Sendable {
    private enum Storage: Sendable {
        case owned(Codes<[UInt8]>)
        case mapped(MappedFile, Codes<Range<Int>>)
    }

    private var storage: Storage
    private(set) var rowCount: Int

    init() {
        storage = .owned(Codes(prefix: [], middle: [], coarse: [], fine: []))
        rowCount = 0
    }

    /// - Parameter codes: their ranges in the file.
    init(mapped file: MappedFile, codes: Codes<Range<Int>>, rowCount: Int) {
        storage = .mapped(file, codes)
        self.rowCount = rowCount
    }

    var isMapped: Bool {
        if case .mapped = storage { return true }
        return false
    }

    var blockCount: Int { (rowCount + CodeLayout.blockRows - 1) / CodeLayout.blockRows }

    /// The blocks of prefix codes, the rows of middle, of coarse, and of fine codes.
    func withCodes<Result>(_ body: (RawSpan, RawSpan, RawSpan, RawSpan) throws -> Result) rethrows -> Result {
        switch storage {
        case .owned(let codes):
            return try body(
                codes.prefix.span.bytes, codes.middle.span.bytes, codes.coarse.span.bytes, codes.fine.span.bytes)
        case .mapped(let file, let codes):
            return try file.withBytes {
                try body(
                    $0.extracting(codes.prefix), $0.extracting(codes.middle), $0.extracting(codes.coarse),
                    $0.extracting(codes.fine))
            }
        }
    }

    /// Appends rows; codes must be in memory.
    mutating func append(_ rows: [EncodedRow], model: ExactModel) {
        guard case .owned(var codes) = storage else { return }
        // The arrays must be uniquely referenced, or each append would copy them.
        storage = .owned(Codes(prefix: [], middle: [], coarse: [], fine: []))
        let total = rowCount + rows.count
        let blocks = (total + CodeLayout.blockRows - 1) / CodeLayout.blockRows
        codes.prefix.grow(to: blocks * CodeLayout.blockBytes(prefix: model.prefix))
        codes.middle.grow(to: total * model.middleRowBytes)
        codes.coarse.grow(to: total * CodeLayout.rowBytes(full: model.full))
        codes.fine.grow(to: total * CodeLayout.rowBytes(full: model.full))
        for row in rows {
            CodeLayout.storePrefix(
                row.prefix.codes, parameters: row.prefix.parameters, row: rowCount, prefix: model.prefix,
                in: &codes.prefix)
            if model.middle > 0 {
                CodeLayout.storeMiddle(
                    row.middle.codes, parameters: row.middle.parameters, row: rowCount, middle: model.middle,
                    in: &codes.middle)
            }
            CodeLayout.storeFull(
                row.coarse.codes, parameters: row.coarse.parameters, row: rowCount, full: model.full,
                in: &codes.coarse)
            CodeLayout.storeFull(
                row.fine.codes, parameters: row.fine.parameters, row: rowCount, full: model.full, in: &codes.fine)
            rowCount += 1
        }
        storage = .owned(codes)
    }
}

extension [UInt8] {
    fileprivate mutating func grow(to size: Int) {
        append(contentsOf: repeatElement(0, count: size - count))
    }
}

/// A range of blocks of a segment that is processed in one go.
struct CodeChunk: Sendable {
    let segment: Int
    let blocks: Range<Int>
    /// Rows, without the padding of the last block.
    let rowCount: Int
    /// The first row's index among all rows.
    let firstRow: Int
    /// The first row's index among the bounds of all rows, where each segment is padded to whole blocks.
    let firstBound: Int

    var rowInSegment: Int { blocks.lowerBound * CodeLayout.blockRows }

    static func chunks(of segments: [CodeSegment], blocksAtOnce: Int) -> [CodeChunk] {
        var chunks: [CodeChunk] = []
        var (firstRow, firstBound) = (0, 0)
        for (index, segment) in segments.enumerated() {
            for first in stride(from: 0, to: segment.blockCount, by: blocksAtOnce) {
                let last = min(first + blocksAtOnce, segment.blockCount)
                let start = first * CodeLayout.blockRows
                chunks.append(
                    CodeChunk(
                        segment: index, blocks: first..<last,
                        rowCount: min(last * CodeLayout.blockRows, segment.rowCount) - start,
                        firstRow: firstRow + start, firstBound: firstBound + start))
            }
            firstRow += segment.rowCount
            firstBound += segment.blockCount * CodeLayout.blockRows
        }
        return chunks
    }
}
