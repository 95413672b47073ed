internal import Kernels
internal import SosiaCore

/// A query in the forms that the bounds need, and the limit on bounds that a cutoff corresponds to.
struct ExactQuery: Sendable {
    let vector: [Float]
    let prefix: PrefixQuery
    /// nil if the index has no middle codes.
    let middle: MiddleQuery?
    let full: FullQuery
    private let metric: Metric
    /// The share by which computed squared distances, or the amount by which other distances, can lie below the truth.
    private let measuredError: Double

    /// Prepares several queries, whose products with W are computed together.
    /// - Returns: nil for queries that codes cannot represent (zero for the cosine, or a length at the limits of float);
    ///   brute force answers them.
    static func prepare(_ queries: Span<Float>, model: ExactModel) -> [ExactQuery?] {
        let dimension = model.dimension
        let centred = (0..<queries.count / dimension).map { index in
            let vector = queries.extracting(index * dimension..<(index + 1) * dimension)
            return Centred(CodeLayout.floats(vector.bytes), model: model)
        }
        var served: [Float] = []
        for query in centred { served += query?.values ?? [] }
        var products = [Double](repeating: 0, count: served.count / dimension * model.rank)
        var out = products.mutableSpan
        DistanceKernels.current.dot(
            queries: served.span, rows: model.basis.span.bytes, dimension: dimension, into: &out)
        var start = 0
        return centred.map { query in
            query.map {
                defer { start += model.rank }
                return ExactQuery($0, products: products[start..<start + model.rank], model: model)
            }
        }
    }

    /// A query as v, in the model's unit.
    private struct Centred {
        let vector: [Float]
        let values: [Float]
        /// |v|^2
        let norm: Double
        let form: BoundForm

        init?(_ vector: [Float], model: ExactModel) {
            let squaredLength = DistanceKernels.current.squaredNorm(vector.span)
            guard squaredLength < 1e24, model.metric != .cosine || squaredLength > 1e-24 else { return nil }
            let scale = model.metric == .cosine ? 1 / squaredLength.squareRoot() : 1
            var values = [Float](repeating: 0, count: model.dimension)
            var (meanProduct, meanSquare) = (0.0, 0.0)
            for index in vector.indices {
                let value = Double(vector[index]) * scale
                let mean = Double(model.mean[index])
                values[index] = Float((model.metric == .l2 ? value - mean : value) / model.unit)
                meanProduct += value * mean
                meanSquare += mean * mean
            }
            norm = DistanceKernels.preciseDot(values.span, values.span)
            guard norm == 0 || (norm > 1e-24 && norm < 1e24) else { return nil }
            form = ExactQuery.form(
                model: model, norm: norm, meanProduct: meanProduct, meanLength: meanSquare.squareRoot())
            guard form.constant.isFinite, form.normWeight.isFinite else { return nil }
            self.vector = vector
            self.values = values
        }
    }

    private init(_ query: Centred, products: ArraySlice<Double>, model: ExactModel) {
        let (norm, form) = (query.norm, query.form)
        let length = norm.squareRoot()
        let projected = products.map(Float.init)
        let error = model.projectionError * length
        let first = Projected(Array(projected[..<model.prefixRank]), padding: model.prefix, error: error)
        let second = Projected(Array(projected[model.prefixRank...]), padding: model.middle, error: error)
        let both = (first.square + second.square).squareRoot()
        prefix = PrefixQuery(
            values: first.values, scale: first.step, offset: first.offset, error: first.error,
            insideSquared: Self.inside(first.square.squareRoot(), error: error),
            outside: Self.outside(first.square.squareRoot(), norm: norm, error: error, skew: model.skew), form: form)
        middle =
            model.middle == 0
            ? nil
            : MiddleQuery(
                values: second.values, scale: second.step, offset: second.offset, error: second.error,
                prefixError: first.error, insideSquared: Self.inside(both, error: error),
                outside: Self.outside(both, norm: norm, error: error, skew: model.skew), form: form)

        var mixed = query.values
        VectorEncoding.mix(&mixed, signs: model.signs)
        let last = Projected(mixed, padding: model.full, error: 40 * 0x1p-24 * length)
        full = FullQuery(
            values: last.values, scale: last.step, coarseOffset: last.offset / 5, offset: last.offset,
            error: last.error, prefixError: first.error, middleError: second.error,
            // The product with the reconstruction, over its length, is taken off; it is off by what float moved that.
            normSquared: Float(norm * (1 + 2 * ExactModel.maximumFactor * model.reconstructionError + 1e-5)).nextUp,
            form: form)
        vector = query.vector
        metric = model.metric
        measuredError = DistanceKernels.relativeError(dimension: model.dimension)
    }

    /// A bound above this limit proves that a row's computed distance is beyond `cutoff`. Finite, so that an infinite
    /// bound always excludes its row.
    func limit(cutoff: Float) -> Float {
        let beyond = Double(cutoff.nextUp)
        let limit =
            switch metric {
            case .l2, .hamming: Float(beyond * beyond / (1 - measuredError) * (1 + 1e-7)).nextUp
            case .innerProduct: Float(beyond).nextUp
            case .cosine: Float(beyond + 4 * measuredError + 2e-7).nextUp
            }
        return min(limit, .greatestFiniteMagnitude)
    }

    /// The constants that turn a norm and a product into a lower bound; everything inexact is subtracted here.
    private static func form(model: ExactModel, norm: Double, meanProduct: Double, meanLength: Double) -> BoundForm {
        let slack = model.slack
        let length = norm.squareRoot()
        // Squares and products are in the square of the model's unit.
        let square = model.unit * model.unit
        // Stored lengths near zero are off by a fixed amount.
        let absolute = 4 * Half.absoluteError * length
        if model.metric == .l2 {
            // 2 |v| |x'| <= |v|^2 + |x'|^2
            let share = 1 - slack - DistanceKernels.relativeError(dimension: model.dimension)
            return BoundForm(
                normWeight: Float(share * square).nextDown, productWeight: Float(2 * square),
                constant: Float((norm * share - 2 * absolute) * square).nextDown)
        }
        // |v| |x'| <= |v| (|x'|^2 + 1) / 2, which is tight for a typical |x'|, the unit. The product that brute force
        // computes is off by at most its own share of |v| (|x'| + |mean|).
        let own = DistanceKernels.relativeError(dimension: model.dimension)
        let share = slack + own + 1e-6
        let exact = -meanProduct + (model.metric == .cosine ? 1 : 0)
        let constant =
            exact - (share * length / 2 + absolute) * square - (own + 1e-6) * length * model.unit * meanLength
            - 1e-7 * abs(exact)
        return BoundForm(
            normWeight: -Float(share * length / 2 * square).nextUp, productWeight: Float(square),
            constant: Float(constant).nextDown)
    }

    /// The squared length inside of some directions, given the computed length, rounded up; the share added is what
    /// the subtraction of squares in a bound may lose.
    private static func inside(_ length: Double, error: Double) -> Float {
        Float((length + error) * (length + error) * (1 + 4e-6)).nextUp
    }

    /// The length outside of some directions, rounded up.
    private static func outside(_ length: Double, norm: Double, error: Double, skew: Double) -> Float {
        let inside = max(length - error, 0)
        return Float(max(norm - (1 - skew) * inside * inside, 0).squareRoot() * (1 + 1e-6)).nextUp
    }

    /// A range of a query's coordinates as signed bytes.
    private struct Projected {
        let values: [Int8]
        let step: Float
        let offset: Float
        /// The length of the bytes' rounding errors together with the error of the coordinates themselves.
        let error: Float
        /// The squared length of the coordinates.
        let square: Double

        init(_ coordinates: [Float], padding: Int, error: Double) {
            let quantized = VectorEncoding.quantizeQuery(coordinates, padding: padding)
            values = quantized.bytes
            step = quantized.step
            offset = 7.5 * Float(quantized.sum)
            var left = 0.0
            var square = 0.0
            for index in coordinates.indices {
                let value = Double(coordinates[index])
                let difference = value - Double(quantized.bytes[index]) * Double(quantized.step)
                left += difference * difference
                square += value * value
            }
            self.square = square
            // The projection on a code is multiplied by an inverse length in half precision.
            let rounding = 1.01 * Half.relativeError * (square.squareRoot() + left.squareRoot())
            self.error = Float((left.squareRoot() + error + rounding) * (1 + 1e-6)).nextUp
        }
    }
}
