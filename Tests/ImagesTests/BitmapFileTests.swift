import Images
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

    @Test func cutOff() throws {
        let whole = Pictures.bitmap(of: Pictures.scene(width: 9, height: 7))
        for length in 18..<whole.count {
            #expect(throws: DecodeError.truncated) { try Self.decode(Array(whole[..<length])) }
        }
    }
}
