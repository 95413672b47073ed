internal import Kernels

/// Some blocks of a segment that are worked on in one go.
struct CodeChunk: Sendable {
    let segment: Int
    let blocks: Range<Int>
    /// Rows, without those that only fill the last block.
    let rowCount: Int
    /// Where the first row lies among all rows.
    let firstRow: Int
    /// Where the bounds of the first row lie among the bounds of all rows, each segment padded to whole blocks.
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
