import Foundation
import Images
import SosiaCore
import Testing

/// Kinds of TIFF, each made by hand from numbers whose picture is known.
@Suite(.enabled(if: TIFFBytes.areRead))
struct TIFFTests {
    private static let width = 16
    private static let height = 5

    /// From 0 to 1, row by row.
    private static let ramp: [[Double]] = (0..<height).map { y in
        (0..<width).map { x in Double(y * width + x) / Double(width * height - 1) }
    }

    /// Whether the picture is the ramp in grey.
    private static func expectRamp(_ bytes: [UInt8], _ comment: Comment? = nil) throws {
        let image = try TIFFBytes.decode(bytes)
        #expect((image.width, image.height) == (width, height), comment)
        let expected = ramp.joined().flatMap { value in [UInt8](repeating: UInt8((value * 255).rounded()), count: 3) }
        let worst = zip(image.bytes, expected).map { abs(Int($0) - Int($1)) }.max()
        #expect(worst ?? 255 <= 1, comment)
    }

    private static func page(
        bits: Int, format: Int = 1, photometric: Int = 1, _ number: (Double) -> UInt64
    ) -> TIFFBytes.Page {
        let rows: [[UInt64]] = ramp.map { $0.map(number) }
        var stored: [UInt8] = []
        if [8, 16, 24, 32, 64].contains(bits) {
            // Numbers of whole bytes are in the order of the file.
            for number in rows.joined() {
                for byte in 0..<bits / 8 { stored.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * byte))) }
            }
        } else {
            stored = TIFFBytes.packed(rows, bits: bits)
        }
        return .init(
            width: width, height: height, bits: [bits], photometric: photometric, [339: [format]], parts: [stored])
    }

    private static func levels(_ bits: Int) -> (Double) -> UInt64 {
        { UInt64(($0 * Double(1 << bits - 1)).rounded()) }
    }

    @Test(arguments: Array(8...32)) func bitsASample(bits: Int) throws {
        try Self.expectRamp(TIFFBytes.file([Self.page(bits: bits, Self.levels(bits))]))
        let inverse = Self.page(bits: bits, photometric: 0) { Self.levels(bits)(1 - $0) }
        try Self.expectRamp(TIFFBytes.file([inverse]))
    }

    @Test(arguments: 1...7) func fewBitsASample(bits: Int) throws {
        let image = try TIFFBytes.decode(TIFFBytes.file([Self.page(bits: bits, Self.levels(bits))]))
        let most = Double(1 << bits - 1)
        let expected: [UInt8] = Self.ramp.joined().map { value in
            let level: Double = (value * most).rounded()
            return UInt8((level * 255 / most).rounded())
        }
        let grey = stride(from: 0, to: image.bytes.count, by: 3).map { image.bytes[$0] }
        #expect(zip(grey, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }

    @Test func floats() throws {
        typealias Kind = (bits: Int, number: (Double) -> UInt64)
        let kinds: [Kind] = [
            (16, { UInt64(Float16($0).bitPattern) }), (32, { UInt64(Float($0).bitPattern) }), (64, { $0.bitPattern }),
            // A sign, seven bits of exponent with 63 for 1, sixteen of the fraction.
            (
                24,
                { value in
                    let single = UInt64(Float(value).bitPattern)
                    let exponent = Int(single >> 23) - 127 + 63
                    return value < 1e-9 ? 0 : UInt64(exponent) << 16 | single >> 7 & 0xffff
                }
            ),
        ]
        for (bits, number) in kinds {
            try Self.expectRamp(TIFFBytes.file([Self.page(bits: bits, format: 3, number)]), "\(bits) bits")
            guard bits != 24 else { continue }
            let levels = Self.page(bits: bits, format: 3) { number($0 * 255) }
            try Self.expectRamp(TIFFBytes.file([levels]), "\(bits) bits, 0...255")
        }
    }

    /// What has no largest value goes from black to white between its own ends, save the outermost hundredths.
    @Test func ownRange() throws {
        typealias Kind = (bits: Int, format: Int, number: (Double) -> UInt64)
        let single: Kind = (32, 3, { UInt64(Float($0 * 9_000 - 400).bitPattern) })
        let signed: [Kind] = [8, 12, 16, 32].map { bits in
            (bits, 2, { UInt64(truncatingIfNeeded: Int64($0 * 120 - 70)) & (1 << UInt64(bits) - 1) })
        }
        // Of two parts: how large they are together.
        let complex: [Kind] = [
            (32, 5, { value in UInt64(value * 300) | UInt64(value * 400) << 16 }),
            (64, 6, { value in UInt64(Float(value * 3).bitPattern) | UInt64(Float(value * 4).bitPattern) << 32 }),
        ]
        let kinds = [single] + signed + complex
        for (bits, format, number) in kinds {
            let image = try TIFFBytes.decode(TIFFBytes.file([Self.page(bits: bits, format: format, number)]))
            let grey = stride(from: 0, to: image.bytes.count, by: 3).map { Int(image.bytes[$0]) }
            #expect(zip(grey, grey.dropFirst()).allSatisfy { $0 <= $1 }, "kind \(format) of \(bits) bits")
            #expect(grey[1] <= 4 && grey[78] >= 251, "kind \(format) of \(bits) bits")
            #expect(abs(grey[40] - 129) <= 8, "kind \(format) of \(bits) bits")
        }
        let nothing = Self.page(bits: 32, format: 3) {
            $0 < 0.5 ? UInt64(Float.nan.bitPattern) : UInt64(Float($0).bitPattern)
        }
        #expect(try TIFFBytes.decode(TIFFBytes.file([nothing])).bytes.prefix(24).allSatisfy { $0 == 0 })
    }

    private static let colours: [[UInt8]] = [
        [200, 30, 60], [10, 250, 90], [0, 0, 0], [255, 255, 255], [90, 80, 70], [1, 2, 3],
    ]

    /// Three pixels a row, two rows.
    private static func coloured(
        samples: [[Int]], bits: Int = 8, photometric: Int = 2, _ fields: [Int: [Int]] = [:]
    ) -> [UInt8] {
        let numbers = samples.joined().flatMap { Pictures.littleEndian($0, bits / 8) }
        return TIFFBytes.file([
            .init(
                width: 3, height: 2, bits: samples[0].map { _ in bits }, photometric: photometric, fields,
                parts: [numbers])
        ])
    }

    @Test func onlyDeclaredAlphaIsAlpha() throws {
        let plain = Self.colours.flatMap { $0 }
        for (fields, more) in [([:], [0]), ([338: [0]], [0]), ([338: [0, 0]], [0, 0]), ([338: [0, 0]], [255, 7])] {
            let file = Self.coloured(samples: Self.colours.map { $0.map(Int.init) + more }, fields)
            #expect(try TIFFBytes.decode(file).bytes == plain, "\(fields), \(more)")
        }
        // The fourth has no meaning, the fifth is opacity, and so is the sixth, which comes too late.
        let file = Self.coloured(samples: Self.colours.map { $0.map(Int.init) + [9, 0, 255] }, [338: [0, 2, 2]])
        #expect(try TIFFBytes.decode(file).bytes.allSatisfy { $0 == 255 })
        // Bands without a name, as satellites have them.
        let bands = Self.coloured(samples: Self.colours.map { $0.map(Int.init) + [0] }, photometric: 1)
        #expect(try TIFFBytes.decode(bands).bytes == plain)
    }

    @Test func alphaLiesOverWhite() throws {
        func first(_ bytes: [UInt8]) throws -> [UInt8] { Array(try TIFFBytes.decode(bytes).bytes.prefix(3)) }
        func all(_ sample: [Int], _ bits: Int, _ photometric: Int, _ kind: Int, _ more: [Int: [Int]] = [:]) -> [UInt8] {
            let fields = more.merging([338: [kind]]) { $1 }
            return Self.coloured(
                samples: [[Int]](repeating: sample, count: 6), bits: bits, photometric: photometric, fields)
        }
        #expect(try first(all([100, 50, 0, 51], 8, 2, 2)) == [224, 214, 204])
        #expect(try first(all([20, 10, 0, 51], 8, 2, 1)) == [224, 214, 204])
        #expect(try first(all([25_700, 12_850, 0, 13_107], 16, 2, 2)) == [224, 214, 204])
        #expect(try first(all([0, 0], 8, 1, 2)) == [255, 255, 255])
        // Full ink, clear, half opaque.
        #expect(try first(all([255, 255, 255, 255, 0], 8, 5, 2)) == [255, 255, 255])
        #expect(try first(all([0, 0, 0, 255, 255], 8, 5, 2)) == [0, 0, 0])
        #expect(abs(Int(try first(all([0, 0, 0, 255, 127], 8, 5, 2))[0]) - 128) <= 1)
        #expect(try first(all([0, 0, 0, 0], 8, 8, 2)) == [255, 255, 255])
        #expect(try first(all([255, 0, 0, 255], 8, 8, 2)) == [255, 255, 255])
        #expect(try first(all([0, 0, 0, 255], 8, 8, 2)) == [0, 0, 0])
        let float = { (value: Float) in Int(value.bitPattern) }
        let clear = all([float(0.5), float(0.2), float(0.4), float(0)], 32, 2, 2, [339: [3, 3, 3, 3]])
        #expect(try first(clear) == [255, 255, 255])
    }

    @Test func labOfKnownColours() throws {
        // Of red, green, blue and grey in sRGB, by the formulas of CIE 15.
        let known: [(lab: (Double, Double, Double), rgb: [Int])] = [
            ((53.24, 80.09, 67.20), [255, 0, 0]), ((87.73, -86.18, 83.18), [0, 255, 0]),
            ((32.30, 79.19, -107.86), [0, 0, 255]), ((53.59, 0, 0), [128, 128, 128]),
        ]
        for (lab, rgb) in known {
            let lightness = Int(lab.0 * 65_535 / 100)
            let signed: [Int] = [lightness, Int(lab.1 * 256) & 0xffff, Int(lab.2 * 256) & 0xffff]
            let centred: [Int] = [lightness, Int((lab.1 + 128) * 256), Int((lab.2 + 128) * 256)]
            for (sample, photometric) in [(signed, 8), (centred, 9)] {
                let file = Self.coloured(
                    samples: [[Int]](repeating: sample, count: 6), bits: 16, photometric: photometric)
                let pixel = try TIFFBytes.decode(file).bytes.prefix(3)
                #expect(zip(pixel, rgb).allSatisfy { abs(Int($0) - $1) <= 2 }, "\(rgb), \(photometric)")
            }
        }
    }
}
