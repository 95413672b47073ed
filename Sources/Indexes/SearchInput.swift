internal import Kernels
internal import SosiaCore

/// The checks at the public entry points of every index.
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

/// The check that all options of all indexes go through.
enum IndexOption {
    static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(IndexError) {
        guard range.contains(value) else {
            throw .invalidOption(name: name, got: value, minimum: range.lowerBound, maximum: range.upperBound)
        }
    }
}

/// Reads single vectors from row-major bytes.
enum RowSource {
    /// One row, normalised for the cosine.
    /// - Returns: nil for a row that codes cannot represent: not finite, or of a length whose square a float cannot hold.
    static func vector(_ row: Int, of rows: RawSpan, dimension: Int, metric: Metric) -> [Float]? {
        let bytes = dimension * MemoryLayout<Float>.size
        var vector = CodeLayout.floats(rows.extracting(row * bytes..<(row + 1) * bytes))
        let norm = DistanceKernels.current.squaredNorm(vector.span)
        guard norm == 0 || (norm > 1e-24 && norm < 1e24) else { return nil }
        if metric == .cosine, norm > 0 {
            let scale = 1 / norm.squareRoot()
            for index in 0..<dimension { vector[index] = Float(Double(vector[index]) * scale) }
        }
        return vector
    }
}
