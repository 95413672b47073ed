@testable import Images
import SosiaCore
import Testing

/// All eight values, on both ways through the decoder, on a picture whose corners differ.
struct OrientationTests {
    /// What a viewer shows of stored pixels, by the words of the EXIF specification.
    private static func upright(_ stored: PixelImage, _ orientation: Int) -> PixelImage {
        let (w, h) = (stored.width, stored.height)
        let swaps = (5...8).contains(orientation)
        let size = swaps ? (width: h, height: w) : (width: w, height: h)
        var bytes: [UInt8] = []
        for y in 0..<size.height {
            for x in 0..<size.width {
                let from: (x: Int, y: Int) =
                    switch orientation {
                    case 2: (w - 1 - x, y)
                    case 3: (w - 1 - x, h - 1 - y)
                    case 4: (x, h - 1 - y)
                    case 5: (y, x)
                    case 6: (y, h - 1 - x)
                    case 7: (w - 1 - y, h - 1 - x)
                    case 8: (w - 1 - y, x)
                    default: (x, y)
                    }
                let at = (from.y * w + from.x) * 3
                bytes += stored.bytes[at..<at + 3]
            }
        }
        return Pictures.image(width: size.width, height: size.height, bytes: bytes)
    }

    @Test(arguments: 0...9) func jpeg(orientation: Int) throws {
        let plain = try Pictures.jpeg(width: 120, height: 80)
        let turned = Pictures.jpeg(plain, with: 0xe1, EXIFBytes.orientation(orientation))
        let stored = try ImageDecoder().decode(plain, maxSide: 500)
        let decoded = try ImageDecoder().decode(turned, maxSide: 500)
        let expected = Self.upright(stored.pixels, orientation)
        #expect(decoded.pixels == expected)
        #expect((decoded.facts.width, decoded.facts.height) == (expected.width, expected.height))
    }

    /// The part that is cut out is the same whether the picture was stored turned or not.
    @Test(arguments: 1...8) func croppedPart(orientation: Int) throws {
        let plain = try Pictures.jpeg(width: 203, height: 120)
        let geometry = InputGeometry(width: 60, height: 50, rule: .centerCrop(shortSide: 70))
        let turned = Pictures.jpeg(plain, with: 0xe1, EXIFBytes.orientation(orientation))
        let whole = Self.upright(try ImageDecoder().decode(plain, maxSide: 500).pixels, orientation)
        let expected = try ImageDecoder().decode(Pictures.bitmap(of: whole), for: geometry)
        let decoded = try ImageDecoder().decode(turned, for: geometry)
        #expect(Pictures.difference(decoded.pixels, expected.pixels) < 1)
    }

    /// Wherever it is named, and once only where it is named twice.
    @Test(.enabled(if: Pictures.hasVips), arguments: 1...8) func otherContainers(orientation: Int) throws {
        let stored = Pictures.scene(width: 23, height: 14)
        let exif = EXIFBytes(main: [(0x0112, .short(orientation))])
        let xmp = Containers.xmp("<rdf:Description tiff:Orientation='\(orientation)'/>")
        let chunk = Pictures.chunk("eXIf", Array(exif.bytes.dropFirst(6)))
        let profile = Containers.rawProfile("exif", exif.bytes)
        let text = Containers.deflatedTextChunk("Raw profile type exif", profile)
        let packet = Containers.internationalTextChunk("XML:com.adobe.xmp", xmp, isDeflated: false)
        let expected = Self.upright(stored, orientation)
        for (number, file) in [
            Pictures.png(stored, before: chunk), Pictures.png(stored, behind: chunk),
            Pictures.png(stored, before: chunk + packet, behind: text), Pictures.png(stored, before: text),
            Pictures.png(stored, behind: packet), Containers.tiff(stored, exif),
            Containers.tiff(stored, EXIFBytes(), xmp: xmp), Containers.tiff(stored, exif, xmp: xmp),
        ].enumerated() {
            let decoded = try ImageDecoder().decode(file, maxSide: 500)
            #expect(decoded.pixels == expected, "\(number)")
            #expect((decoded.facts.width, decoded.facts.height) == (expected.width, expected.height), "\(number)")
        }
    }

    @Test func jpegWithXMP() throws {
        let plain = try Pictures.jpeg(width: 40, height: 24)
        let stored = try ImageDecoder().decode(plain, maxSide: 500).pixels
        let packet = Containers.xmpMarker + Containers.xmp("<tiff:Orientation>6</tiff:Orientation>")
        let turned = Pictures.jpeg(plain, with: 0xe1, packet)
        #expect(try ImageDecoder().decode(turned, maxSide: 500).pixels == Self.upright(stored, 6))
        let contradicted = Pictures.jpeg(turned, with: 0xe1, EXIFBytes.orientation(3))
        #expect(try ImageDecoder().decode(contradicted, maxSide: 500).pixels == Self.upright(stored, 3))
    }
}

extension Pictures {
    /// Uncompressed, for a lossless way in.
    static func bitmap(of image: PixelImage) -> [UInt8] {
        var data: [UInt8] = []
        for row in (0..<image.height).reversed() {
            for column in 0..<image.width {
                let at = (row * image.width + column) * 3
                data += [image.bytes[at + 2], image.bytes[at + 1], image.bytes[at]]
            }
            data += [UInt8](repeating: 0, count: (4 - image.width * 3 % 4) % 4)
        }
        return bitmap(width: image.width, height: image.height, bits: 24, data: data)
    }
}
