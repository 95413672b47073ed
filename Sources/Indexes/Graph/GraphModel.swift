internal import Kernels
internal import SosiaCore

/// Projects vectors on a few directions: a centre and the leading directions of a sample, mixed so that all have the
/// same variance.
///
/// Coordinates are products of bytes: directions are rounded to 7 bits, queries to 8, which changes a coordinate by about
/// 3 % of its typical size and needs a quarter of the memory traffic of floats.
struct GraphModel: Sendable {
    private static let lineBytes = 64
    private static let levels: Float = 63
    private static let offset: Float = 64

    let dimension: Int
    let metric: Metric
    let rank: Int
    let mean: [Float]
    /// Directions, `rank` rows of `dimension`.
    let basis: [Float]
    /// The largest squared length of a row when the index was trained, for the lift of the inner product; 0 otherwise.
    let greatestNorm: Float
    /// The directions as bytes 1...127, each padded to whole cache lines, and the bytes' step sizes.
    private let bytes: [UInt8]
    private let steps: [Float]

    init(dimension: Int, metric: Metric, mean: [Float], basis: [Float], greatestNorm: Float) {
        self.dimension = dimension
        self.metric = metric
        self.mean = mean
        self.basis = basis
        self.greatestNorm = greatestNorm
        let rank = basis.count / dimension
        self.rank = rank
        let padded = Self.padded(dimension)
        var bytes = [UInt8](repeating: 0, count: rank * padded)
        steps = (0..<rank).map { row in
            let direction = basis[row * dimension..<(row + 1) * dimension]
            let largest = direction.reduce(Float(0)) { max($0, abs($1)) }
            guard largest > 0 else { return 0 }
            for (index, value) in direction.enumerated() {
                bytes[row * padded + index] = UInt8((value / largest * Self.levels).rounded() + Self.offset)
            }
            return largest / Self.levels
        }
        self.bytes = bytes
    }

    private static func padded(_ dimension: Int) -> Int { (dimension + lineBytes - 1) / lineBytes * lineBytes }

    static func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, options: GraphBuildOptions, threads: Int
    ) throws -> GraphModel {
        let exact = ExactModel.train(
            dimension: dimension, metric: metric, rows: rows, ids: ids,
            options: try ExactBuildOptions(
                prefix: options.rank, middle: 0, sample: options.sample, seed: options.seed),
            threads: threads)
        var greatest = 0.0
        if metric == .innerProduct {
            for row in ids.indices where ids[row] != 0 {
                if let vector = RowSource.vector(row, of: rows, dimension: dimension, metric: metric) {
                    greatest = max(greatest, DistanceKernels.current.squaredNorm(vector.span))
                }
            }
        }
        return GraphModel(
            dimension: dimension, metric: metric, mean: exact.mean, basis: exact.basis,
            greatestNorm: Float(greatest))
    }

    /// The coordinates of a vector from which the mean, if at all, was taken.
    private func coordinates(_ vector: [Float]) -> [Float] {
        let quantized = VectorEncoding.quantizeQuery(vector, padding: Self.padded(dimension))
        let sums = GraphKernels.current.project(quantized.bytes.span, rows: bytes.span.bytes)
        let shift = Self.offset * Float(quantized.sum)
        return (0..<rank).map { (Float(sums[$0]) - shift) * (steps[$0] * quantized.step) }
    }

    private func centred(_ vector: [Float]) -> [Float] {
        (0..<dimension).map { vector[$0] - mean[$0] }
    }

    /// A row as coordinates.
    struct Point {
        let coordinates: [Float]
        /// The squared length, including the lift and what the coordinates leave out.
        let norm: Float
        let lift: Float

        func code(_ layout: GraphLayout) -> [UInt8] {
            GraphKernels.encode(coordinates, norm: norm, lift: lift, layout: layout)
        }

        /// The row as a query for its neighbours.
        func query(_ layout: GraphLayout) -> GraphQueryCode {
            GraphQueryCode(coordinates, layout: layout, constant: norm, normWeight: 1, lift: 2 * lift)
        }
    }

    /// - Returns: nil for a row that codes cannot represent.
    func point(_ row: Int, of rows: RawSpan) -> Point? {
        guard let vector = RowSource.vector(row, of: rows, dimension: dimension, metric: metric) else { return nil }
        let kernels = DistanceKernels.current
        let working = centred(vector)
        let norm = Float(kernels.squaredNorm(working.span))
        guard norm < 1e24 else { return nil }
        // The lift makes all rows equally long, so that the largest product is the smallest distance (Bachrach et al.,
        // *Speeding up the Xbox recommender system*, RecSys 2014).
        var lift: Float = 0
        if metric == .innerProduct {
            lift = max(greatestNorm - Float(kernels.squaredNorm(vector.span)), 0).squareRoot()
        }
        return Point(coordinates: coordinates(working), norm: norm + lift * lift, lift: lift)
    }

    /// - Returns: nil for queries that codes cannot represent (zero for the cosine, or a length at the limits of float).
    func query(_ vector: [Float], layout: GraphLayout) -> GraphQueryCode? {
        let kernels = DistanceKernels.current
        let square = kernels.squaredNorm(vector.span)
        guard square < 1e24, square == 0 || square > 1e-24 else { return nil }
        if metric == .innerProduct {
            return GraphQueryCode(coordinates(vector), layout: layout, constant: 0, normWeight: 0, lift: 0)
        }
        var working = vector
        if metric == .cosine {
            guard square > 0 else { return nil }
            let scale = 1 / square.squareRoot()
            for index in working.indices { working[index] = Float(Double(working[index]) * scale) }
        }
        working = centred(working)
        let constant = Float(kernels.squaredNorm(working.span))
        return GraphQueryCode(coordinates(working), layout: layout, constant: constant, normWeight: 1, lift: 0)
    }
}
