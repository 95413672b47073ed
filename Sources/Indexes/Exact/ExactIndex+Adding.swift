internal import Kernels
internal import SosiaCore

extension ExactIndex {
    /// Rows that are coded in one go, a multiple of the rows of a block.
    private static let rowsAtOnce = 64

    /// Covers all of `rows`, coding with several threads; the codes do not depend on how many.
    /// - Throws: `IndexError.shapeMismatch`, `.missingRows`, `.invalidOption`.
    public mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws {
        try SearchInput.checkRows(rows, ids: ids, dimension: dimension)
        let threads = try ExactSearchOptions(threads: threads).threads
        var covered = rowCount
        guard ids.count >= covered else { throw IndexError.missingRows(got: ids.count, covered: covered) }
        while covered < ids.count {
            let open = segments.last.map { !$0.isMapped && $0.rowCount < Self.segmentRows } ?? false
            if !open { segments.append(CodeSegment()) }
            let last = segments.count - 1
            let room = Self.segmentRows - segments[last].rowCount
            let count = min(room, ids.count - covered, Self.rowsAtOnce * 8 * threads)
            for encoded in encode(rows: rows, range: covered..<covered + count, threads: threads) {
                segments[last].append(encoded, model: model)
            }
            covered += count
        }
    }

    private func encode(rows: RawSpan, range: Range<Int>, threads: Int) -> [[EncodedRow]] {
        let parts = (range.count + Self.rowsAtOnce - 1) / Self.rowsAtOnce
        return concurrentMap(parts, threads: threads) { part($0, of: range, rows: rows) }
    }

    private func part(_ index: Int, of range: Range<Int>, rows: RawSpan) -> [EncodedRow] {
        let lower = range.lowerBound + index * Self.rowsAtOnce
        return EncodedRow.encode(
            rows: rows, range: lower..<min(lower + Self.rowsAtOnce, range.upperBound), model: model)
    }
}
