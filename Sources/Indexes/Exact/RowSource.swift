internal import Kernels
internal import SosiaCore

/// Reads single vectors out of row-major bytes.
enum RowSource {
    /// One row; normalised for the cosine.
    /// - Returns: nil for a row that codes cannot stand for: not finite, or a length that float squares cannot hold.
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
