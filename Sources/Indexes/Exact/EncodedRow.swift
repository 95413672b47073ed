internal import Kernels
internal import SosiaCore

/// A row as codes, with the lengths that its bounds are made of, in the model's unit; `ExactIndex` explains them.
struct EncodedRow: Sendable {
    /// Four-bit codes and the floats stored after them, in the order of `sosia_kernels.h`.
    struct Part<Parameter: Sendable>: Sendable {
        var codes: [UInt8]
        var parameters: [Parameter]
    }

    var prefix: Part<Half>
    var middle: Part<Half>
    var coarse: Part<Float>
    var fine: Part<Float>

    private static let zero = Half(nearest: 0)

    /// Represents a row without a bound: its norm is NaN, so that no comparison excludes it.
    static let unbounded = EncodedRow(
        prefix: Part(codes: [], parameters: [zero, zero, zero, zero, .nan]),
        middle: Part(codes: [], parameters: [zero, zero, zero, zero, zero, .nan]),
        coarse: Part(codes: [], parameters: [0, 0, 0, 0, 0, 0, .nan]),
        fine: Part(codes: [], parameters: [0, 0, 0, 0, 0, 0, .nan]))

    /// Encodes a range of rows.
    static func encode(
        rows: RawSpan, range: Range<Int>, model: ExactModel
    ) -> [EncodedRow] {
        let dimension = model.dimension
        let vectors = range.map { row -> [Float]? in
            guard var vector = RowSource.vector(row, of: rows, dimension: dimension, metric: model.metric) else {
                return nil
            }
            let scale = 1 / model.unit
            for index in 0..<dimension {
                vector[index] = Float((Double(vector[index]) - Double(model.mean[index])) * scale)
            }
            return vector
        }
        let centred = vectors.flatMap { $0 ?? [Float](repeating: 0, count: dimension) }
        let kernels = DistanceKernels.current
        var projections = [Double](repeating: 0, count: range.count * model.rank)
        var out = projections.mutableSpan
        kernels.dot(queries: centred.span, rows: model.basis.span.bytes, dimension: dimension, into: &out)

        let leading = (0..<range.count).map { index -> Leading in
            let projection = projections[index * model.rank..<(index + 1) * model.rank].map(Float.init)
            return Leading(
                prefix: Projected(Array(projection[..<model.prefixRank])),
                middle: Projected(Array(projection[model.prefixRank...])))
        }
        let reconstructed = leading.flatMap { $0.prefix.reconstruction + $0.middle.reconstruction }
        var reconstructions = [Double](repeating: 0, count: range.count * dimension)
        out = reconstructions.mutableSpan
        kernels.dot(
            queries: reconstructed.span, rows: model.basisTransposed.span.bytes, dimension: model.rank, into: &out)

        return vectors.indices.map { index in
            guard let vector = vectors[index] else { return unbounded }
            return encode(
                vector, leading: leading[index],
                reconstruction: reconstructions[index * dimension..<(index + 1) * dimension].map(Float.init),
                model: model)
        }
    }

    /// The projection y of a row on some directions, its code c, and the multiplier a that makes y - a c orthogonal to
    /// c.
    private struct Projected {
        let codes: [UInt8]
        let codeLength: Double
        /// |a c|
        let along: Double
        /// |y - a c|^2
        let acrossSquared: Double
        /// |y|^2
        let square: Double
        /// a c
        let reconstruction: [Float]

        init(_ projection: [Float]) {
            let quantized = VectorEncoding.quantize(projection)
            let factor = quantized.norm > 0 ? max(quantized.product / quantized.norm, 0) : 0
            codes = quantized.codes
            codeLength = quantized.norm.squareRoot()
            along = factor * codeLength
            square = projection.reduce(0.0) { $0 + Double($1) * Double($1) }
            acrossSquared = max(square - along * along, 0)
            reconstruction = quantized.codes.map { Float(factor * (Double($0) - 7.5)) }
        }

        var inverseLength: Half { Half(nearest: codeLength > 0 ? Float(1 / codeLength) : 0) }
    }

    private struct Leading {
        let prefix: Projected
        let middle: Projected
    }

    /// The length outside of directions in which a row's projection has the squared length `square`, rounded up.
    private static func rest(norm: Double, square: Double, model: ExactModel) -> Half {
        let inside = max(square.squareRoot() - model.projectionError * norm.squareRoot(), 0)
        return Half(awayFromZero: Float(max(norm - (1 - model.skew) * inside * inside, 0).squareRoot()).nextUp)
    }

    private static func encode(
        _ vector: [Float], leading: Leading, reconstruction: [Float], model: ExactModel
    ) -> EncodedRow {
        let norm = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
        let greatest = Double(Half.greatest)
        guard norm == 0 || (norm > 1e-24 && norm < greatest * greatest / 4) else { return unbounded }
        let (prefix, middle) = (leading.prefix, leading.middle)
        var residual = vector
        for index in residual.indices { residual[index] -= reconstruction[index] }
        VectorEncoding.mix(&residual, signs: model.signs)
        let codes = VectorEncoding.quantize(residual, stepInDeviations: VectorEncoding.nestedStep).codes
        let upper = codes.map { $0 >> 2 }
        let row = Row(vector: vector, norm: norm, residual: residual, leading: leading, reconstruction: reconstruction)
        guard let coarse = row.parameters(codes: upper, offset: 1.5, model: model),
            let full = row.parameters(codes: codes, offset: 7.5, model: model)
        else { return unbounded }
        return EncodedRow(
            prefix: Part(
                codes: prefix.codes,
                parameters: [
                    prefix.inverseLength, Half(nearest: Float(prefix.along)),
                    Half(awayFromZero: Float(prefix.acrossSquared.squareRoot()).nextUp),
                    rest(norm: norm, square: prefix.square, model: model), Half(towardsZero: Float(norm).nextDown),
                ]),
            middle: Part(
                codes: middle.codes,
                parameters: [
                    Half(nearest: Float(prefix.along)), Half(nearest: Float(middle.along)), middle.inverseLength,
                    Half(awayFromZero: Float((prefix.acrossSquared + middle.acrossSquared).squareRoot()).nextUp),
                    rest(norm: norm, square: prefix.square + middle.square, model: model),
                    Half(towardsZero: Float(norm).nextDown),
                ]),
            coarse: Part(codes: upper, parameters: coarse),
            fine: Part(codes: codes.map { $0 & 3 }, parameters: full))
    }

    /// A row about to get its coarse and full codes.
    private struct Row {
        let vector: [Float]
        /// |x'|^2
        let norm: Double
        /// H (x' - W^T a c)
        let residual: [Float]
        let leading: Leading
        /// W^T a c
        let reconstruction: [Float]

        /// The floats stored after a code that represents its values minus `offset`.
        /// - Returns: nil if there is no bound.
        func parameters(codes: [UInt8], offset: Float, model: ExactModel) -> [Float]? {
            var (product, codeNorm) = (0.0, 0.0)
            for index in codes.indices {
                let value = Double(Float(codes[index]) - offset)
                product += value * Double(residual[index])
                codeNorm += value * value
            }
            let step = max(product / codeNorm, 0)
            var detail = codes.map { Float(step) * (Float($0) - offset) }
            VectorEncoding.unmix(&detail, signs: model.signs)
            var (along, square) = (0.0, 0.0)
            for index in detail.indices {
                let value = Double(reconstruction[index]) + Double(detail[index])
                along += value * Double(vector[index])
                square += value * value
            }
            // One common factor makes what is left orthogonal to the reconstruction.
            let factor = square > 0 ? max(along / square, 0) : 0
            guard factor <= ExactModel.maximumFactor else { return nil }
            var left = 0.0
            for index in detail.indices {
                let value = Double(vector[index]) - factor * (Double(reconstruction[index]) + Double(detail[index]))
                left += value * value
            }
            let length = factor * square.squareRoot()
            // The share by which float moves the reconstruction is known for those only that are not much shorter.
            let inverse = length * ExactModel.maximumFactor >= norm.squareRoot() && length > 0 ? Float(1 / length) : 0
            return [
                Float(factor * leading.prefix.along), Float(factor * leading.middle.along), Float(factor * step),
                Float(factor * step * codeNorm.squareRoot()).nextUp, inverse, Float(left.squareRoot()).nextUp,
                Float(norm).nextDown,
            ]
        }
    }
}
