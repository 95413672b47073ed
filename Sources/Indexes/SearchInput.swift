internal import SosiaCore

/// The checks at the public entry of every index.
enum SearchInput {
    /// - Returns: the number of queries.
    static func check(
        queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, dimension: Int
    ) throws -> Int {
        try checkRows(rows, ids: ids, dimension: dimension)
        guard k >= 1 else { throw IndexError.invalidK(got: k) }
        guard queries.count.isMultiple(of: dimension) else {
            throw VectorError.dimensionMismatch(got: queries.count % dimension, expected: dimension)
        }
        for position in queries.indices where !queries[position].isFinite {
            throw VectorError.notFinite(position: position % dimension)
        }
        return queries.count / dimension
    }

    static func checkRows(_ rows: RawSpan, ids: Span<Int64>, dimension: Int) throws(IndexError) {
        let (floats, overflow) = ids.count.multipliedReportingOverflow(by: dimension)
        guard dimension >= 1, !overflow, rows.byteCount % MemoryLayout<Float>.size == 0,
            rows.byteCount / MemoryLayout<Float>.size == floats
        else {
            throw .shapeMismatch(bytes: rows.byteCount, ids: ids.count, dimension: dimension)
        }
    }
}
