import Kernels
import SosiaCore
import TestSupport
import Testing

@Suite("Distance kernels against double precision, at every level the processor has")
struct DistanceKernelsTests {
    static let levels = SIMDLevel.available.compactMap(DistanceKernels.init(level:))

    /// Both sums of one pair in double precision, and the sum of the magnitudes of the products.
    static func reference(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> (l2: Double, dot: Double, size: Double) {
        var result = (l2: 0.0, dot: 0.0, size: 0.0)
        for (x, y) in zip(a, b) {
            let (x, y) = (Double(x), Double(y))
            result.l2 += (x - y) * (x - y)
            result.dot += x * y
            result.size += abs(x * y)
        }
        return result
    }

    @Test("lengths 0...300 at odd alignments", arguments: levels)
    func lengths(kernels: DistanceKernels) {
        var generator = SplitMix(seed: 1)
        let a = generator.floats(320)
        let b = generator.floats(320)
        for length in 0...300 {
            let (at, bt) = (length % 7, (length * 5) % 11)
            let expected = Self.reference(a[at..<at + length], b[bt..<bt + length])
            let query = a.span.extracting(at..<at + length)
            var sums = [0.0]
            var out = sums.mutableSpan
            if length > 0 {
                let row = b.span.extracting(bt..<bt + length).bytes
                kernels.squaredL2(queries: query, rows: row, dimension: length, into: &out)
                let l2 = sums[0]
                var again = sums.mutableSpan
                kernels.dot(queries: query, rows: row, dimension: length, into: &again)
                let tolerance = DistanceKernels.relativeError(dimension: length)
                #expect(abs(l2 - expected.l2) <= tolerance * expected.l2, "l2, length \(length)")
                #expect(abs(sums[0] - expected.dot) <= tolerance * expected.size, "dot, length \(length)")
            }
            #expect(kernels.squaredNorm(query) >= 0)
        }
    }

    @Test("many queries and rows at once give the bits of one pair at a time", arguments: levels)
    func blocks(kernels: DistanceKernels) {
        var generator = SplitMix(seed: 2)
        for dimension in [1, 3, 8, 17, 31, 40, 129] {
            let (queryCount, rowCount) = (7, 9)
            let queries = generator.floats(queryCount * dimension)
            let rows = generator.floats(rowCount * dimension)
            var l2 = [Double](repeating: 0, count: queryCount * rowCount)
            var dot = l2
            var out = l2.mutableSpan
            kernels.squaredL2(queries: queries.span, rows: rows.span.bytes, dimension: dimension, into: &out)
            out = dot.mutableSpan
            kernels.dot(queries: queries.span, rows: rows.span.bytes, dimension: dimension, into: &out)
            for q in 0..<queryCount {
                for r in 0..<rowCount {
                    let query = queries.span.extracting(q * dimension..<(q + 1) * dimension)
                    let row = rows.span.extracting(r * dimension..<(r + 1) * dimension).bytes
                    var one = [0.0]
                    var single = one.mutableSpan
                    kernels.squaredL2(queries: query, rows: row, dimension: dimension, into: &single)
                    #expect(one[0] == l2[q * rowCount + r])
                    single = one.mutableSpan
                    kernels.dot(queries: query, rows: row, dimension: dimension, into: &single)
                    #expect(one[0] == dot[q * rowCount + r])
                }
            }
        }
    }

    @Test("sums beyond the range of float stay finite and accurate", arguments: levels)
    func extremes(kernels: DistanceKernels) {
        for size: Float in [.leastNonzeroMagnitude, .leastNormalMagnitude, 1e-25, 1e-15, 1e15, 1e20, 3e38] {
            let a = (0..<37).map { $0 % 2 == 0 ? size : -size }
            let b = (0..<37).map { $0 % 3 == 0 ? size : 0 }
            let expected = Self.reference(a[...], b[...])
            var sums = [0.0]
            var out = sums.mutableSpan
            kernels.squaredL2(queries: a.span, rows: b.span.bytes, dimension: 37, into: &out)
            #expect(abs(sums[0] - expected.l2) <= 1e-5 * expected.l2, "l2 of \(size)")
            out = sums.mutableSpan
            kernels.dot(queries: a.span, rows: b.span.bytes, dimension: 37, into: &out)
            #expect(abs(sums[0] - expected.dot) <= 1e-5 * expected.size, "dot of \(size)")
        }
    }

    @Test("a vector's product with itself is its squared norm, bit for bit", arguments: levels)
    func norms(kernels: DistanceKernels) {
        var generator = SplitMix(seed: 3)
        let rows = generator.floats(5 * 43)
        var norms = [Double](repeating: 0, count: 5)
        var out = norms.mutableSpan
        kernels.squaredNorms(rows: rows.span.bytes, dimension: 43, into: &out)
        for row in 0..<5 {
            let vector = rows.span.extracting(row * 43..<(row + 1) * 43)
            var product = [0.0]
            var single = product.mutableSpan
            kernels.dot(queries: vector, rows: vector.bytes, dimension: 43, into: &single)
            #expect(product[0] == norms[row])
            #expect(kernels.squaredNorm(vector) == norms[row])
        }
    }

    @Test("the level in use is one that the processor has")
    func current() {
        #expect(SIMDLevel.available.contains(.scalar))
        #expect(SIMDLevel.available.contains(SIMDLevel.current))
    }
}
