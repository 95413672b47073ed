public import SosiaCore

extension FlatScan {
    /// Brute force over some rows only: each is measured on its own, which pays where they are a small part of all.
    ///
    /// Parameters, answer and errors are those of ``search(_:k:metric:dimension:rows:ids:options:)``.
    public static func search(
        _ queries: Span<Float>, k: Int, metric: Metric, dimension: Int, rows: RawSpan, ids: Span<Int64>,
        allowed: RowFilter
    ) throws -> [NeighborList] {
        let count = try SearchInput.check(queries: queries, k: k, rows: rows, ids: ids, dimension: dimension)
        let arithmetic = try MetricArithmetic(metric)
        return (0..<count).map { query in
            nearest(
                to: queries.extracting(query * dimension..<(query + 1) * dimension), k: k, arithmetic: arithmetic,
                rows: rows, ids: ids, allowed: allowed)
        }
    }
}
