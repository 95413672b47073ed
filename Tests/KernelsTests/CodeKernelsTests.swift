import Kernels
import SosiaCore
import TestSupport
import Testing

@Suite("Code kernels against double precision, at every level the processor has")
struct CodeKernelsTests {
    static let levels = SIMDLevel.available.compactMap(CodeKernels.init(level:))
    static let form = BoundForm(normWeight: 0.75, productWeight: 2, constant: 0.25)

    /// Values that a half holds exactly.
    static func halves(_ count: Int, _ generator: inout SplitMix) -> [Half] {
        (0..<count).map { _ in Half(nearest: Float.random(in: 0...2, using: &generator)) }
    }

    /// Bytes of a query, the extremes among them often.
    static func query(_ dimension: Int, _ generator: inout SplitMix) -> [Int8] {
        (0..<dimension).map { _ in
            let value = Int8.random(in: -127...127, using: &generator)
            return value % 3 == 0 ? (value < 0 ? -127 : 127) : value
        }
    }

    /// Codes, the extremes among them often.
    static func codes(_ dimension: Int, _ generator: inout SplitMix) -> [UInt8] {
        (0..<dimension).map { _ in
            let code = UInt8.random(in: 0...47, using: &generator)
            return code < 16 ? code : code < 32 ? 0 : 15
        }
    }

    /// The product of a query with the values that its codes stand for.
    static func product(_ values: [Int8], _ codes: [UInt8]) -> Double {
        zip(values, codes).reduce(0.0) { $0 + Double($1.0) * (Double($1.1) - 7.5) }
    }

    static func offset(_ values: [Int8]) -> Float { 7.5 * Float(values.reduce(0) { $0 + Int($1) }) }

    static func bound(norm: Double, upper: Double) -> Double {
        norm * Double(form.normWeight) - upper * Double(form.productWeight) + Double(form.constant)
    }

    static func free(_ square: Double, _ sure: Double...) -> Double {
        max(sure.reduce(square) { $0 - max($1, 0) * max($1, 0) }, 0).squareRoot()
    }

    /// A bound may lie below the true one by what approximate roots lose, and above it by rounding only.
    static func isSound(_ got: Float, _ wanted: Double, size: Double, looseness: Double) -> Bool {
        Double(got) <= wanted + 2e-6 * size && Double(got) >= wanted - (2e-6 + looseness) * size
    }

    /// The bytes, starting at an address that is `shift` bytes past an aligned one.
    static func shifted<Result>(_ bytes: [UInt8], by shift: Int, _ body: (RawSpan) -> Result) -> Result {
        let longer = [UInt8](repeating: 0xAA, count: shift) + bytes + [UInt8](repeating: 0xAA, count: 64)
        return body(longer.span.bytes.extracting(shift..<shift + bytes.count))
    }

    struct PrefixCase {
        var blocks: [UInt8]
        var codes: [[UInt8]]
        var parameters: [[Half]]
        var queries: [PrefixQuery]

        init(dimension: Int, rows: Int, queries count: Int, seed: UInt64) {
            var generator = SplitMix(seed: seed)
            let blockCount = (rows + CodeLayout.blockRows - 1) / CodeLayout.blockRows
            blocks = [UInt8](repeating: 0, count: blockCount * CodeLayout.blockBytes(prefix: dimension))
            codes = (0..<rows).map { _ in CodeKernelsTests.codes(dimension, &generator) }
            parameters = (0..<rows).map { _ in
                [Half(nearest: 1 / Float(max(dimension, 1)))]
                    + CodeKernelsTests.halves(CodeLayout.prefixParameters - 1, &generator)
            }
            for row in 0..<rows {
                CodeLayout.storePrefix(
                    codes[row], parameters: parameters[row], row: row, prefix: dimension, in: &blocks)
            }
            queries = (0..<count).map { _ in
                let values = CodeKernelsTests.query(dimension, &generator)
                return PrefixQuery(
                    values: values, scale: 1 / 512, offset: CodeKernelsTests.offset(values), error: 0.01,
                    insideSquared: 4, outside: 0.5, form: CodeKernelsTests.form)
            }
        }

        func expected(_ query: PrefixQuery, row: Int) -> (bound: Double, projection: Double) {
            let p = parameters[row].map { Double($0.value) }
            let projection = CodeKernelsTests.product(query.values, codes[row]) / 512 * p[0]
            let error = Double(query.error)
            let free = CodeKernelsTests.free(Double(query.insideSquared), abs(projection) - error)
            let upper = (projection + error) * p[1] + free * p[2] + Double(query.outside) * p[3]
            return (CodeKernelsTests.bound(norm: p[4], upper: upper), projection)
        }
    }

    @Test("prefix scan: all dimensions, any number of queries and blocks, any address", arguments: levels)
    func prefix(kernels: CodeKernels) {
        for dimension in stride(from: 8, through: 304, by: 8) {
            let rows = 1 + dimension * 7 % 45
            let input = PrefixCase(
                dimension: dimension, rows: rows, queries: 1 + dimension / 8 % 9, seed: UInt64(dimension))
            let padded = (rows + 15) / 16 * 16
            let stride = padded + dimension % 5
            var bounds = [Float](repeating: -9, count: 3 + stride * input.queries.count)
            var projections = bounds
            Self.shifted(input.blocks, by: dimension / 8 % 7 * 2) { blocks in
                var boundsOut = bounds.mutableSpan
                var projectionsOut = projections.mutableSpan
                kernels.scanPrefix(
                    input.queries, blocks: blocks, first: 3, stride: stride, bounds: &boundsOut,
                    projections: &projectionsOut)
            }
            #expect(bounds[..<3].allSatisfy { $0 == -9 })
            for (index, query) in input.queries.enumerated() {
                for row in 0..<rows {
                    let wanted = input.expected(query, row: row)
                    let at = 3 + index * stride + row
                    let size = abs(wanted.bound) + 4 * abs(wanted.projection) + 16
                    #expect(Self.isSound(bounds[at], wanted.bound, size: size, looseness: 1e-3), "\(dimension)")
                    #expect(abs(Double(projections[at]) - wanted.projection) <= 1e-6 * size)
                }
            }
        }
    }

    @Test("middle bounds: all dimensions, any number of candidates, any address", arguments: levels)
    func middle(kernels: CodeKernels) {
        for dimension in stride(from: 2, through: 304, by: 2) {
            var generator = SplitMix(seed: UInt64(dimension))
            let rows = 12
            var bytes = [UInt8](repeating: 0, count: rows * CodeLayout.rowBytes(middle: dimension))
            let codes = (0..<rows).map { _ in Self.codes(dimension, &generator) }
            let parameters = (0..<rows).map { _ in
                Self.halves(2, &generator) + [Half(nearest: 1 / Float(dimension))] + Self.halves(3, &generator)
            }
            for row in 0..<rows {
                CodeLayout.storeMiddle(
                    codes[row], parameters: parameters[row], row: row, middle: dimension, in: &bytes)
            }
            let values = Self.query(dimension, &generator)
            let query = MiddleQuery(
                values: values, scale: 1 / 512, offset: Self.offset(values), error: 0.02, prefixError: 0.03,
                insideSquared: 5, outside: 0.25, form: Self.form)
            let candidates = (0..<dimension / 2 % 21).map { _ in UInt32.random(in: 0..<12, using: &generator) }
            let prefix = generator.floats(candidates.count)
            var bounds = [Float](repeating: -9, count: candidates.count + 1)
            var projections = bounds
            Self.shifted(bytes, by: dimension / 2 % 8 * 2) { rows in
                var boundsOut = bounds.mutableSpan
                var projectionsOut = projections.mutableSpan
                kernels.boundMiddle(
                    query, rows: rows, candidates: candidates.span, prefix: prefix.span, bounds: &boundsOut,
                    projections: &projectionsOut)
            }
            #expect(bounds.last == -9 && projections.last == -9)
            for (index, candidate) in candidates.enumerated() {
                let p = parameters[Int(candidate)].map { Double($0.value) }
                let along = Self.product(values, codes[Int(candidate)]) / 512 * p[2]
                let ahead = Double(prefix[index])
                let free = Self.free(5, abs(ahead) - 0.03, abs(along) - 0.02)
                let upper = (ahead + 0.03) * p[0] + (along + 0.02) * p[1] + free * p[3] + 0.25 * p[4]
                let wanted = Self.bound(norm: p[5], upper: upper)
                let size = abs(wanted) + 4 * abs(along) + 16
                #expect(Self.isSound(bounds[index], wanted, size: size, looseness: 1e-3), "\(dimension)")
                #expect(abs(Double(projections[index]) - along) <= 1e-6 * size)
            }
        }
    }

    @Test("coarse and full bounds: all dimensions, any number of candidates, any address", arguments: levels)
    func full(kernels: CodeKernels) {
        for dimension in stride(from: 4, through: 304, by: 4) {
            var generator = SplitMix(seed: UInt64(dimension) + 1000)
            let rows = 12
            let codes = (0..<rows).map { _ in Self.codes(dimension, &generator) }
            var parts = [0, 1].map { _ in [UInt8](repeating: 0, count: rows * CodeLayout.rowBytes(full: dimension)) }
            let parameters = parts.map { _ in
                (0..<rows).map { _ in
                    generator.floats(2, in: 0...2) + [1 / Float(dimension)] + generator.floats(4, in: 0...1)
                }
            }
            for row in 0..<rows {
                for part in parts.indices {
                    CodeLayout.storeFull(
                        codes[row].map { part == 0 ? $0 >> 2 : $0 & 3 }, parameters: parameters[part][row], row: row,
                        full: dimension, in: &parts[part])
                }
            }
            let values = Self.query(dimension, &generator)
            let query = FullQuery(
                values: values, scale: 1 / 512, coarseOffset: Self.offset(values) / 5, offset: Self.offset(values),
                error: 0.02, prefixError: 0.03, middleError: 0.01, normSquared: 6, form: Self.form)
            let candidates = (0..<dimension / 4 % 21).map { _ in UInt32.random(in: 0..<12, using: &generator) }
            let prefix = generator.floats(candidates.count)
            let middle = generator.floats(candidates.count)
            for part in parts.indices {
                var bounds = [Float](repeating: -9, count: candidates.count + 1)
                Self.shifted(parts[0], by: dimension / 4 % 8 * 4) { coarse in
                    Self.shifted(parts[1], by: dimension / 4 % 7 * 4) { fine in
                        var out = bounds.mutableSpan
                        kernels.boundFull(
                            query, coarse: coarse, fine: part == 0 ? nil : fine, candidates: candidates.span,
                            prefix: prefix.span, middle: middle.span, bounds: &out)
                    }
                }
                #expect(bounds.last == -9)
                for (index, candidate) in candidates.enumerated() {
                    let p = parameters[part][Int(candidate)].map(Double.init)
                    let code = codes[Int(candidate)]
                    // The coarse code c stands for c - 1.5, and c + 6 for that in four bits.
                    let product = Self.product(values, part == 0 ? code.map { ($0 >> 2) + 6 } : code) / 512
                    let estimate = p[0] * Double(prefix[index]) + p[1] * Double(middle[index]) + p[2] * product
                    let error = 0.03 * p[0] + 0.01 * p[1] + 0.02 * p[3]
                    let free = Self.free(6, (abs(estimate) - error) * p[4])
                    let wanted = Self.bound(norm: p[6], upper: estimate + error + free * p[5])
                    let size = abs(wanted) + 4 * abs(product) + 16
                    #expect(Self.isSound(bounds[index], wanted, size: size, looseness: 0), "\(dimension)")
                }
            }
        }
    }

    @Test("selection: what is not above the limit, with its companions, in order", arguments: levels)
    func selection(kernels: CodeKernels) {
        for count in 0...300 {
            var generator = SplitMix(seed: UInt64(count))
            var values = generator.floats(count + 3)
            for index in values.indices where index % 11 == 3 { values[index] = [.nan, .infinity, 0.5][index % 3] }
            let companions = generator.floats(count + 3)
            for limit: Float in [-2, -0.3, 0.5, .greatestFiniteMagnitude, .infinity] {
                var out = [UInt32](repeating: 7, count: count + 1)
                var companionsOut = [Float](repeating: -9, count: count + 1)
                var outSpan = out.mutableSpan
                var companionsSpan = companionsOut.mutableSpan
                let found = kernels.select(
                    values.span.extracting(3..<count + 3), companions: companions.span.extracting(3..<count + 3),
                    limit: limit, base: 1000, into: &outSpan, &companionsSpan)
                let wanted = (0..<count).filter { !(values[$0 + 3] > limit) }
                #expect(out[..<found].map { Int($0) - 1000 } == wanted)
                #expect(Array(companionsOut[..<found]) == wanted.map { companions[$0 + 3] })
                #expect(out.last == 7 && companionsOut.last == -9)
            }
        }
    }

    @Test("keeping: what is not above the limit, with its two companions, in order", arguments: levels)
    func keeping(kernels: CodeKernels) {
        for count in 0...100 {
            var generator = SplitMix(seed: UInt64(count) + 77)
            var bounds = generator.floats(count)
            for index in bounds.indices where index % 11 == 3 { bounds[index] = [.nan, .infinity, 0.5][index % 3] }
            let rows = (0..<UInt32(count)).map { $0 * 3 } + [7]
            let (first, second) = (generator.floats(count) + [-9], generator.floats(count) + [-9])
            for limit: Float in [-2, -0.3, 0.5, .infinity] {
                var (candidates, one, two) = (rows, first, second)
                var candidatesOut = candidates.mutableSpan
                var oneOut = one.mutableSpan
                var twoOut = two.mutableSpan
                let kept = kernels.keep(
                    bounds.span, limit: limit, candidates: &candidatesOut, &oneOut, &twoOut)
                let wanted = (0..<count).filter { !(bounds[$0] > limit) }
                #expect(Array(candidates[..<kept]) == wanted.map { rows[$0] })
                #expect(Array(one[..<kept]) == wanted.map { first[$0] })
                #expect(Array(two[..<kept]) == wanted.map { second[$0] })
                #expect(candidates.last == 7 && one.last == -9 && two.last == -9)
            }
        }
    }

    @Test("rows that no bound can be given for keep a bound of NaN", arguments: levels)
    func unbounded(kernels: CodeKernels) {
        var blocks = [UInt8](repeating: 0, count: CodeLayout.blockBytes(prefix: 8))
        let zero = Half(nearest: 0)
        CodeLayout.storePrefix([], parameters: [zero, zero, zero, zero, .nan], row: 5, prefix: 8, in: &blocks)
        let query = PrefixQuery(
            values: [Int8](repeating: 3, count: 8), scale: 1, offset: 180, error: 0, insideSquared: 1, outside: 0,
            form: Self.form)
        var bounds = [Float](repeating: 0, count: 16)
        var projections = bounds
        var out = bounds.mutableSpan
        var projectionsOut = projections.mutableSpan
        kernels.scanPrefix(
            [query], blocks: blocks.span.bytes, first: 0, stride: 16, bounds: &out, projections: &projectionsOut)
        #expect((0..<16).allSatisfy { bounds[$0].isNaN == ($0 == 5) })
    }
}
