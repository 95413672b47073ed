internal import CKernels

/// What turns vectors into codes; the same on every SIMD level.
public enum VectorEncoding {
    /// Four-bit codes of some values, and the sums that the best multiplier is made of.
    public struct Quantized: Sendable {
        /// 0...15, standing for the code - 7.5.
        public let codes: [UInt8]
        /// The sum of value times (code - 7.5).
        public let product: Double
        /// The sum of (code - 7.5) squared.
        public let norm: Double
    }

    /// The step, in standard deviations, that leaves the least error of normally distributed values in four bits
    /// (Max, *Quantizing for minimum distortion*, 1960).
    public static let bestStep: Float = 0.335

    /// A step whose codes leave nearly as little error, and their upper two bits alone nearly as little as two bits can.
    public static let nestedStep: Float = 0.29

    /// Four-bit codes of a vector, with one step for all of it.
    /// - Parameter stepInDeviations: in standard deviations of the values.
    public static func quantize(_ values: [Float], stepInDeviations: Float = bestStep) -> Quantized {
        let square = values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let deviation = Float((square / Double(max(values.count, 1))).squareRoot())
        let inverse = deviation > 0 ? 1 / (deviation * stepInDeviations) : 0
        var product = 0.0
        var norm = 0.0
        let codes = [UInt8](unsafeUninitializedCapacity: values.count) { buffer, count in
            if let base = buffer.baseAddress {
                sosia_quantize(values, values.count, inverse.isFinite ? inverse : 0, base, &product, &norm)
            }
            count = values.count
        }
        return Quantized(codes: codes, product: product, norm: norm)
    }

    /// Signed bytes of a query.
    /// - Returns: the bytes, their sum, and the step that they are multiples of.
    public static func quantizeQuery(_ values: [Float], padding count: Int) -> (bytes: [Int8], sum: Int, step: Float) {
        let largest = values.reduce(Float(0)) { max($0, abs($1)) }
        let step = largest / 127
        let inverse = step > 0 ? 1 / step : 0
        var sum: Int32 = 0
        var bytes = [Int8](repeating: 0, count: max(count, values.count))
        sosia_quantize_query(values, values.count, inverse.isFinite ? inverse : 0, &bytes, &sum)
        return (bytes, Int(sum), step)
    }

    /// An orthonormal transform that spreads each value over all: random signs and Walsh-Hadamard matrices.
    /// - Parameter signs: twice as many values, 1 or -1.
    public static func mix(_ values: inout [Float], signs: [Float]) {
        precondition(signs.count == 2 * values.count)
        sosia_mix(&values, values.count, signs)
    }

    /// The inverse of ``mix(_:signs:)``.
    public static func unmix(_ values: inout [Float], signs: [Float]) {
        precondition(signs.count == 2 * values.count)
        sosia_unmix(&values, values.count, signs)
    }

    /// `values[range] += factor * other`.
    public static func add(_ other: Span<Float>, times factor: Float, to values: inout MutableSpan<Float>) {
        precondition(other.count == values.count)
        other.withUnsafeBufferPointer { other in
            values.withUnsafeMutableBufferPointer { values in
                guard let base = values.baseAddress, let source = other.baseAddress else { return }
                sosia_add_scaled(base, source, factor, values.count)
            }
        }
    }
}

/// A fast 64-bit checksum against damage (not against malice): any change within eight bytes is noticed for certain.
public func checksum(_ bytes: RawSpan) -> UInt64 {
    bytes.withUnsafeBytes { sosia_checksum($0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count) }
}

/// A number in IEEE 754 binary16, for storage; 0x1p-11 is the most that rounding to nearest changes, relatively, from
/// 0x1p-14 on, and 0x1p-25 absolutely below.
public struct Half: Sendable, Hashable {
    public static let relativeError = 0x1p-11
    public static let absoluteError = 0x1p-25
    public static let nan = Half(bits: 0x7E00)
    /// Numbers up to this one are rounded as said.
    public static let greatest: Float = 65504

    public let bits: UInt16

    private init(bits: UInt16) { self.bits = bits }

    public init(nearest value: Float) { bits = sosia_to_half(value) }

    public init(awayFromZero value: Float) { bits = sosia_to_half_away(value) }

    public init(towardsZero value: Float) { bits = sosia_to_half_towards(value) }

    public var value: Float { sosia_from_half(bits) }
}
