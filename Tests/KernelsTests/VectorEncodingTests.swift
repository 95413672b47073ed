import Kernels
import SosiaCore
import TestSupport
import Testing

@Suite("Encoding: halves, four-bit codes, query bytes, the mix, ranks and checksums")
struct VectorEncodingTests {
    @Test("every half comes back from each rounding")
    func allHalves() {
        for bits in UInt16.min...UInt16.max where bits & 0x7C00 != 0x7C00 {
            let value = Float(Float16(bitPattern: bits))
            for half in [Half(nearest: value), Half(awayFromZero: value), Half(towardsZero: value)] {
                #expect(half.value == value)
            }
        }
        #expect(Half.nan.value.isNaN)
    }

    @Test("rounding to half: nearest within the stated error, away never below, towards never above")
    func rounding() {
        var generator = SplitMix(seed: 3)
        for _ in 0..<20_000 {
            let scale: Float = [1e-9, 1e-6, 1e-3, 1, 100, 60000].randomElement(using: &generator) ?? 1
            let value = Float.random(in: -1...1, using: &generator) * scale
            let error = max(Half.absoluteError, Half.relativeError * Double(value.magnitude))
            #expect(abs(Double(Half(nearest: value).value) - Double(value)) <= error)
            #expect(Half(awayFromZero: value).value.magnitude >= value.magnitude)
            #expect(Half(towardsZero: value).value.magnitude <= value.magnitude)
            let gap = Half(awayFromZero: value).value.magnitude - Half(towardsZero: value).value.magnitude
            #expect(Double(gap) <= 2 * error)
        }
        #expect(Half(towardsZero: 1e9).value == Half.greatest)
        #expect(Half(awayFromZero: 1e9).value == .infinity)
    }

    @Test("codes are those of the nearest level, and the sums are theirs", arguments: Array(0...300))
    func quantize(count: Int) {
        var generator = SplitMix(seed: UInt64(count))
        let values = generator.floats(count)
        let result = VectorEncoding.quantize(values)
        let square = values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let step = Double(VectorEncoding.bestStep) * (square / Double(max(count, 1))).squareRoot()
        #expect(result.codes.count == count && result.codes.allSatisfy { $0 <= 15 })
        var (product, norm) = (0.0, 0.0)
        for (value, code) in zip(values, result.codes) {
            let level = Double(code) - 7.5
            product += level * Double(value)
            norm += level * level
            if code > 0 && code < 15 { #expect(abs(Double(value) - level * step) <= 0.5001 * step) }
        }
        #expect(abs(result.product - product) <= 1e-12 * (1 + abs(product)))
        #expect(result.norm == norm)
    }

    @Test("query bytes are within half a step, padded with zeros", arguments: Array(0...300))
    func quantizeQuery(count: Int) {
        var generator = SplitMix(seed: UInt64(count) + 9)
        let values = generator.floats(count)
        let (bytes, sum, step) = VectorEncoding.quantizeQuery(values, padding: count + 5)
        #expect(bytes.count == count + 5 && bytes[count...].allSatisfy { $0 == 0 })
        #expect(bytes.reduce(0) { $0 + Int($1) } == sum)
        for (value, byte) in zip(values, bytes) {
            #expect(byte >= -127 && abs(value - Float(byte) * step) <= 0.5001 * step)
        }
    }

    @Test("the mix is orthonormal, and undone", arguments: [1, 2, 3, 7, 16, 24, 100, 128, 300])
    func mix(count: Int) {
        var generator = SplitMix(seed: UInt64(count))
        let signs = (0..<2 * count).map { _ in Bool.random(using: &generator) ? Float(1) : -1 }
        let (a, b) = (generator.floats(count), generator.floats(count))
        var (mixedA, mixedB) = (a, b)
        VectorEncoding.mix(&mixedA, signs: signs)
        VectorEncoding.mix(&mixedB, signs: signs)
        let length = DistanceKernels.preciseDot(a.span, a.span)
        let before = DistanceKernels.preciseDot(a.span, b.span)
        #expect(abs(DistanceKernels.preciseDot(mixedA.span, mixedB.span) - before) <= 1e-5 * Double(count))
        #expect(abs(DistanceKernels.preciseDot(mixedA.span, mixedA.span) - length) <= 1e-5 * length)
        VectorEncoding.unmix(&mixedA, signs: signs)
        for (value, original) in zip(mixedA, a) { #expect(abs(value - original) <= 1e-5) }
    }

    @Test("the value of each rank is that of sorting")
    func ranks() {
        var generator = SplitMix(seed: 4)
        for count in 1...60 {
            let values = (0..<count).map { _ in Float(Int.random(in: 0..<20, using: &generator)) }
            let rank = Int.random(in: 0..<count, using: &generator)
            var reordered = values
            var span = reordered.mutableSpan
            #expect(value(ofRank: rank, in: &span) == values.sorted()[rank])
            #expect(reordered.sorted() == values.sorted())
        }
    }

    @Test("a checksum notices every changed byte and every length", arguments: [0, 1, 7, 8, 9, 31, 32, 33, 200])
    func checksums(count: Int) {
        var generator = SplitMix(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let sum = checksum(bytes.span.bytes)
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1 << UInt8(position % 8)
            #expect(checksum(changed.span.bytes) != sum)
            #expect(checksum(bytes.span.bytes.extracting(0..<position)) != sum)
        }
    }
}
