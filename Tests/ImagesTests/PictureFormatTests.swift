import Images
import Testing

struct PictureFormatTests {
    @Test func tellsFormatsByTheirFirstBytes() throws {
        #expect(PictureFormat(sniffing: try Pictures.jpeg()) == .jpeg)
        #expect(PictureFormat(sniffing: Pictures.png(Pictures.scene(width: 1, height: 1))) == .png)
        #expect(PictureFormat(sniffing: Array("GIF89a".utf8)) == .gif)
        #expect(PictureFormat(sniffing: Array("RIFF1234WEBPVP8 ".utf8)) == .webp)
        #expect(PictureFormat(sniffing: Array("RIFF1234WAVEfmt ".utf8)) == nil)
        #expect(PictureFormat(sniffing: [0x49, 0x49, 42, 0, 8, 0, 0, 0]) == .tiff)
        #expect(PictureFormat(sniffing: Pictures.bitmap(width: 1, height: 1, bits: 24, data: [1, 2, 3, 0])) == .bmp)
        let box = { (brands: String) in [0, 0, 0, UInt8(8 + brands.utf8.count)] + Array("ftyp\(brands)".utf8) }
        #expect(PictureFormat(sniffing: box("heic....mif1heic")) == .heif)
        #expect(PictureFormat(sniffing: box("mif1....mif1avif")) == .avif)
        #expect(PictureFormat(sniffing: box("isom....mp42")) == nil)
    }

    @Test func takesNoBytesForNothing() {
        for length in 0..<20 { #expect(PictureFormat(sniffing: [UInt8](repeating: 0, count: length)) == nil) }
        #expect(PictureFormat(sniffing: Array("BMW is a car, not a bitmap".utf8)) == nil)
    }
}
