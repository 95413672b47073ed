/// A bitmap of the rows that a search may find.
public struct RowFilter: Sendable, Hashable {
    /// Bit `row % 64` of word `row / 64`; rows beyond the last word are not allowed.
    public let words: [UInt64]
    /// The number of allowed rows.
    public let count: Int

    public init(words: [UInt64]) {
        self.words = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Rows outside `0..<rowCount` are ignored.
    public init(rows: some Sequence<Int>, of rowCount: Int) {
        var words = [UInt64](repeating: 0, count: (max(rowCount, 0) + 63) / 64)
        for row in rows where row >= 0 && row < rowCount { words[row / 64] |= 1 << UInt64(row % 64) }
        self.init(words: words)
    }

    @inlinable
    /// Whether a row may be found.
    public func contains(_ row: Int) -> Bool {
        let word = row >> 6
        return word < words.count && words[word] & (1 << UInt64(row & 63)) != 0
    }

    /// Calls `body` with every allowed row below `rowCount`, in order.
    public func forEach(below rowCount: Int, _ body: (Int) throws -> Void) rethrows {
        for index in words.indices where words[index] != 0 {
            var left = words[index]
            while left != 0 {
                let row = index * 64 + left.trailingZeroBitCount
                guard row < rowCount else { return }
                try body(row)
                left &= left - 1
            }
        }
    }

    /// `ids`, with 0 for every row that is not allowed.
    public func masking(_ ids: Span<Int64>) -> [Int64] {
        var masked = [Int64](repeating: 0, count: ids.count)
        forEach(below: ids.count) { masked[$0] = ids[$0] }
        return masked
    }
}
