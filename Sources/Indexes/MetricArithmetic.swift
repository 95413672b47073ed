internal import Kernels
internal import SosiaCore

/// How a metric turns the kernels' sums into distances: one definition for all indexes, so that their distances are
/// equal bit for bit.
struct MetricArithmetic: Sendable {
    let metric: Metric
    let kernels: DistanceKernels

    /// - Throws: `IndexError.unsupportedMetric` for metrics of anything but float vectors.
    init(_ metric: Metric, kernels: DistanceKernels = .current) throws(IndexError) {
        guard metric != .hamming else { throw .unsupportedMetric(metric) }
        self.metric = metric
        self.kernels = kernels
    }

    /// Whether a distance needs the squared norms of both vectors.
    var needsNorms: Bool { metric == .cosine }

    /// Squared differences for L2, products for the others.
    func sums(queries: Span<Float>, rows: RawSpan, dimension: Int, into out: inout MutableSpan<Double>) {
        if metric == .l2 {
            kernels.squaredL2(queries: queries, rows: rows, dimension: dimension, into: &out)
        } else {
            kernels.dot(queries: queries, rows: rows, dimension: dimension, into: &out)
        }
    }

    /// The distance of one pair, with the same bits as from ``sums(queries:rows:dimension:into:)``.
    /// - Parameter queryNorm: the squared norm of the query; used for the cosine only.
    func distance(_ query: Span<Float>, _ row: RawSpan, queryNorm: Double) -> Float {
        switch metric {
        case .l2, .hamming: return distance(sum: kernels.squaredL2(query, row), norms: 0)
        case .innerProduct: return distance(sum: kernels.dot(query, row), norms: 0)
        case .cosine:
            let rowNorm = kernels.squaredNorm(row)
            return distance(sum: kernels.dot(query, row), norms: rowNorm * queryNorm)
        }
    }

    /// - Parameter norms: the product of the two squared norms; used for the cosine only.
    func distance(sum: Double, norms: Double) -> Float {
        switch metric {
        case .l2, .hamming: return Float(sum.squareRoot())
        case .innerProduct: return Float(-sum)
        case .cosine:
            guard norms > 0 else { return 1 }
            return Float(min(max(1 - sum / norms.squareRoot(), 0), 2))
        }
    }

    /// A sum above this limit (L2), or below it (inner product), means a distance beyond `cutoff`.
    func sumLimit(cutoff: Float) -> Double {
        let beyond = Double(cutoff.nextUp)
        switch metric {
        case .l2, .hamming: return beyond * beyond
        case .innerProduct: return -beyond
        case .cosine: return -.infinity
        }
    }
}
