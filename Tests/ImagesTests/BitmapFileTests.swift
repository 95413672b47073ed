@testable import Images
import SosiaCore
import Testing

/// The kinds of BMP that Pillow does not write.
struct BitmapFileTests {
    private static let palette: [UInt8] = [0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0]
    private static let black: [UInt8] = [0, 0, 0]
    private static let blue: [UInt8] = [0, 0, 255]
    private static let green: [UInt8] = [0, 255, 0]
    private static let red: [UInt8] = [255, 0, 0]

    private static func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        try ImageDecoder().decode(bytes, maxSide: 100).pixels.bytes
    }

    @Test func runLengths() throws {
        // Bottom row: two of 1, then 2 3 1 as they are; upper row: one of 3, two to the right, two of 2.
        let data: [UInt8] = [2, 1, 0, 3, 2, 3, 1, 0, 0, 0, 1, 3, 0, 2, 2, 0, 2, 2, 0, 1]
        let file = Pictures.bitmap(width: 5, height: 2, bits: 8, compression: 1, palette: Self.palette, data: data)
        let upper = Self.red + Self.black + Self.black + Self.green + Self.green
        let lower = Self.blue + Self.blue + Self.green + Self.red + Self.blue
        #expect(try Self.decode(file) == upper + lower)
    }

    @Test func runLengthsOfFourBits() throws {
        let data: [UInt8] = [4, 0x12, 0, 3, 0x31, 0x20, 0, 1]
        let file = Pictures.bitmap(width: 7, height: 1, bits: 4, compression: 2, palette: Self.palette, data: data)
        let expected = Self.blue + Self.green + Self.blue + Self.green + Self.red + Self.blue + Self.green
        #expect(try Self.decode(file) == expected)
    }

    @Test func fifteenAndSixteenBits() throws {
        let plain = Pictures.bitmap(width: 2, height: 1, bits: 16, data: [0x00, 0x7c, 0x1f, 0x00])
        #expect(try Self.decode(plain) == Self.red + Self.blue)
        let masks = [0xf800, 0x07e0, 0x001f].flatMap { Pictures.littleEndian($0, 4) }
        let masked = Pictures.bitmap(
            width: 2, height: 1, bits: 16, compression: 3, palette: masks, data: [0x00, 0xf8, 0xe0, 0x07])
        #expect(try Self.decode(masked) == Self.red + Self.green)
    }

    @Test func topDown() throws {
        let file = Pictures.bitmap(width: 1, height: -2, bits: 24, data: [0, 0, 255, 0, 255, 0, 0, 0])
        #expect(try Self.decode(file) == Self.red + Self.blue)
    }

    @Test func missingPaletteIsBlack() throws {
        let file = Pictures.bitmap(width: 1, height: 1, bits: 8, data: [9, 0, 0, 0])
        #expect(try Self.decode(file) == Self.black)
    }

    @Test func anOffsetThatForgetsThePalette() throws {
        let entries = Self.palette + [UInt8](repeating: 0, count: 1_024 - Self.palette.count)
        let runs: [UInt8] = [2, 1, 1, 3, 0, 1]
        let files = [
            Pictures.bitmap(width: 3, height: 1, bits: 8, palette: entries, data: [1, 1, 3, 0]),
            Pictures.bitmap(width: 3, height: 1, bits: 8, compression: 1, palette: entries, data: runs),
        ]
        for var file in files {
            let start = file[10..<14]
            for offset in [start, [54, 0, 0, 0], [0, 0, 0, 0]] {
                file.replaceSubrange(10..<14, with: offset)
                #expect(try Self.decode(file) == Self.blue + Self.blue + Self.red)
            }
        }
        // Pixels that begin within the palette, as the oldest programs write it.
        let short = Pictures.bitmap(width: 3, height: 1, bits: 8, palette: Self.palette, data: [1, 1, 3, 0])
        #expect(try Self.decode(short) == Self.blue + Self.blue + Self.red)
    }

    @Test func profileOfVersion5() throws {
        let pixels: [UInt8] = [10, 20, 200, 0]
        var header = [UInt8](repeating: 0, count: 138)
        func put(_ value: Int, _ count: Int, at offset: Int) {
            header.replaceSubrange(offset..<offset + count, with: Pictures.littleEndian(value, count))
        }
        header.replaceSubrange(0..<2, with: Array("BM".utf8))
        for (offset, value) in [(10, 138), (14, 124), (18, 1), (22, 1), (70, 0x4d42_4544), (126, 128), (130, 3)] {
            put(value, 4, at: offset)
        }
        put(1, 2, at: 26)
        put(24, 2, at: 28)
        #expect(try BitmapFile(header + pixels + [7, 8, 9]).profile == [7, 8, 9])
        // Behind the end, and a name of a file.
        #expect(try BitmapFile(header + pixels).profile == nil)
        put(0x4c49_4e4b, 4, at: 70)
        #expect(try BitmapFile(header + pixels + [7, 8, 9]).profile == nil)
    }

    @Test func cutOff() throws {
        let whole = Pictures.bitmap(of: Pictures.scene(width: 9, height: 7))
        for length in 18..<whole.count {
            #expect(throws: DecodeError.truncated) { try Self.decode(Array(whole[..<length])) }
        }
    }
}
