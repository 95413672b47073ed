import Kernels
import SosiaCore
import Testing

@Suite("Distances between bytes against whole numbers, at every level the processor has")
struct ByteKernelsTests {
    static let levels = SIMDLevel.available.compactMap(ByteKernels.init(level:))

    static func bytes(_ count: Int, using generator: inout SplitMix) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    static func reference(_ a: [UInt8], _ b: ArraySlice<UInt8>) -> UInt32 {
        zip(a, b).reduce(0) { sum, pair in
            let difference = Int(pair.0) - Int(pair.1)
            return sum + UInt32(difference * difference)
        }
    }

    private func check(_ kernels: ByteKernels, dimension: Int, queries: [[UInt8]], rows: [UInt8]) {
        let rowCount = rows.count / dimension
        let expected = queries.flatMap { query in
            (0..<rowCount).map { Self.reference(query, rows[$0 * dimension..<($0 + 1) * dimension]) }
        }
        let prepared = kernels.prepare(queries)
        var sums = [UInt32](repeating: 7, count: queries.count * rowCount)
        var out = sums.mutableSpan
        kernels.squaredL2(prepared, rows: rows.span.bytes, into: &out)
        #expect(sums == expected, "\(queries.count) queries of \(dimension)")

        // A limit that some distances reach exactly, for each query another one.
        let limits = queries.indices.map { expected[$0 * rowCount + $0 % rowCount] }
        out = sums.mutableSpan
        kernels.squaredL2(prepared, within: limits, rows: rows.span.bytes, into: &out)
        for (index, sum) in sums.enumerated() {
            let limit = limits[index / rowCount]
            #expect(expected[index] <= limit ? sum == expected[index] : sum > limit, "within, \(dimension)")
        }
    }

    @Test("lengths, numbers of queries and of rows, odd ones too", arguments: levels)
    func lengths(kernels: ByteKernels) {
        var generator = SplitMix(seed: 1)
        for dimension in [1, 7, 8, 31, 32, 33, 127, 128, 129, 1023, 1024, 1025, 3072, 8192] {
            for queryCount in [1, 3, 4, 5, 9] {
                let queries = (0..<queryCount).map { _ in Self.bytes(dimension, using: &generator) }
                let rowCount = [1, 2, 33, 64, 67][queryCount % 5]
                let rows = Self.bytes(dimension * (dimension > 2000 ? min(rowCount, 5) : rowCount), using: &generator)
                check(kernels, dimension: dimension, queries: queries, rows: rows)
            }
        }
    }

    @Test("rows that are smooth, so that bounds exclude most of them", arguments: levels)
    func smooth(kernels: ByteKernels) {
        var generator = SplitMix(seed: 2)
        let dimension = 3072
        let rows = (0..<100).flatMap { _ in
            let base = Int.random(in: 0...200, using: &generator)
            return (0..<dimension).map { UInt8(base + ($0 / 64 + Int.random(in: 0...7, using: &generator)) % 50) }
        }
        let queries = [3, 50, 99].map { Array(rows[$0 * dimension..<($0 + 1) * dimension]) }
        check(kernels, dimension: dimension, queries: queries, rows: rows)
    }

    @Test("the largest distance there is", arguments: levels)
    func extremes(kernels: ByteKernels) {
        for dimension in [3072, ByteKernels.maximumDimension] {
            let zeros = [UInt8](repeating: 0, count: dimension)
            let full = [UInt8](repeating: 255, count: 4 * dimension)
            check(kernels, dimension: dimension, queries: [zeros], rows: full)
            check(kernels, dimension: dimension, queries: Array(repeating: zeros, count: 5), rows: full)
        }
    }

    @Test("nothing to do is no harm", arguments: levels)
    func empty(kernels: ByteKernels) {
        var none: [UInt32] = []
        var out = none.mutableSpan
        kernels.squaredL2(kernels.prepare([]), rows: [UInt8]().span.bytes, into: &out)
        kernels.squaredL2(kernels.prepare([[1, 2]]), rows: [UInt8]().span.bytes, into: &out)
        #expect(none.isEmpty)
    }
}
