internal import Kernels
internal import SosiaCore

/// What the exact index learns: a centre, a few leading directions, and a fixed rotation for the rest.
///
/// A row x is used as x' = x - mean (for the cosine, x is normalised first). `basis` W (rank x dimension) has nearly
/// orthonormal rows; how nearly is measured (`skew`), so that the bounds need not trust it.
struct ExactModel: Sendable {
    let dimension: Int
    let metric: Metric
    /// Rows of W whose codes are scanned for every row.
    let prefixRank: Int
    /// Further rows of W; may be none.
    let middleRank: Int
    let mean: [Float]
    /// W, row after row.
    let basis: [Float]
    /// W transposed: `dimension` rows of `rank`.
    let basisTransposed: [Float]
    /// For the rotation of what the prefix leaves out; see `VectorEncoding.mix`.
    let signs: [Float]
    let seed: UInt64
    /// A typical length of x', not extreme.
    let typicalNorm: Double
    /// An upper bound of the spectral norm of W W^T - 1.
    let skew: Double

    init(
        dimension: Int, metric: Metric, prefixRank: Int, middleRank: Int, mean: [Float], basis: [Float],
        seed: UInt64, typicalNorm: Double, skew: Double
    ) {
        self.dimension = dimension
        self.metric = metric
        self.prefixRank = prefixRank
        self.middleRank = middleRank
        let rank = prefixRank + middleRank
        self.mean = mean
        self.basis = basis
        self.seed = seed
        self.typicalNorm = typicalNorm
        var transposed = [Float](repeating: 0, count: basis.count)
        for row in 0..<rank {
            for column in 0..<dimension { transposed[column * rank + row] = basis[row * dimension + column] }
        }
        basisTransposed = transposed
        var generator = SplitMix(seed: seed)
        signs = generator.signs(2 * dimension)
        self.skew = skew
    }

    /// Rows of W.
    var rank: Int { prefixRank + middleRank }
    /// Dimensions of a prefix code; those behind `prefixRank` are always zero in queries.
    var prefix: Int { (prefixRank + 7) / 8 * 8 }
    /// Dimensions of a middle code; those behind `middleRank` are always zero in queries.
    var middle: Int { (middleRank + 31) / 32 * 32 }
    /// Bytes of a row of middle codes; 0 when there are none.
    var middleRowBytes: Int { middle > 0 ? CodeLayout.rowBytes(middle: middle) : 0 }
    /// Dimensions of a full code; those behind `dimension` are always zero in queries.
    var full: Int { (dimension + 63) / 64 * 64 }

    /// The most by which the reconstruction of a row may be lengthened, or be shorter than the row, so that the
    /// rounding of its terms stays a small share of the row's length.
    static let maximumFactor = 2.0

    /// How far a computed reconstruction is from the true one, as a share of |x'|: the sums with W transposed
    /// (its Frobenius norm is the root of its rank), and the rotation, whose two passes have at most 17 roundings each.
    var reconstructionError: Double {
        let inSums = DistanceKernels.relativeError(dimension: rank) * Double(rank).squareRoot()
        return Self.maximumFactor * (1.1 * inSums + 40 * 0x1p-24)
    }

    /// Products that are computed in float are off by at most this share of the product of the two lengths: products
    /// with W, reconstructions, and (1e-5, some 170 roundings) coordinates, integer sums and the bound itself.
    var roundingShare: Double { projectionError + reconstructionError + 1e-5 }

    /// How far a computed W x is from the true one, as a share of |x|.
    var projectionError: Double {
        1.05 * DistanceKernels.relativeError(dimension: dimension) * Double(rank).squareRoot() + 1e-7
    }

    /// Everything that is not exact together, as a share of |v| |x'|: rounding, the skew of W, and the stored lengths
    /// along the codes being rounded to half precision.
    var slack: Double { roundingShare + 4 * skew + 1.1 * Half.relativeError }

    /// Lengths are stored, and bounds formed, in this unit, in which half precision holds them.
    var unit: Double { typicalNorm }

    /// The Frobenius norm of W W^T - 1, which is never below the spectral norm, with room for the rounding of double.
    static func skew(basis: [Float], rank: Int, dimension: Int) -> Double {
        var sum = 0.0
        for row in 0..<rank {
            let vector = basis.span.extracting(row * dimension..<(row + 1) * dimension)
            for other in 0...row {
                let product = DistanceKernels.preciseDot(
                    vector, basis.span.extracting(other * dimension..<(other + 1) * dimension))
                sum += row == other ? (product - 1) * (product - 1) : 2 * product * product
            }
        }
        return sum.squareRoot() * (1 + 1e-6) + 1e-12
    }
}

extension SplitMix {
    /// A number uniform in -1..<1.
    mutating func signedUnit() -> Float {
        Float(next() >> 40) * 0x1p-23 - 1
    }

    /// `count` values, 1 or -1.
    mutating func signs(_ count: Int) -> [Float] {
        (0..<count).map { _ in next() >> 63 == 0 ? 1 : -1 }
    }
}
