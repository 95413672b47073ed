import Images
import SosiaCore
import Testing

struct RegionTests {
    private let geometry = InputGeometry(width: 20, height: 20, rule: .stretch)

    /// Every block of 10 x 10 pixels has a colour of its own.
    private func blocks() throws -> PixelImage {
        var bytes: [UInt8] = []
        for y in 0..<60 {
            for x in 0..<80 { bytes += [UInt8(x / 10 * 30), UInt8(y / 10 * 40), 128] }
        }
        return try #require(PixelImage(width: 80, height: 60, bytes: bytes))
    }

    private func middle(_ image: PixelImage) -> [UInt8] {
        let at = (image.height / 2 * image.width + image.width / 2) * 3
        return Array(image.bytes[at..<at + 3])
    }

    @Test func theWholePictureIsARegionLikeAnyOther() throws {
        let bytes = try ImageEncoder.jpeg(blocks(), quality: 100)
        let whole = PixelRegion(x: 0, y: 0, width: 80, height: 60)
        for rule in [InputGeometry.Rule.stretch, .centerCrop(shortSide: 24), .letterbox(fill: 9)] {
            let geometry = InputGeometry(width: 20, height: 20, rule: rule)
            let plain = try ImageDecoder().decode(bytes, for: geometry)
            #expect(try ImageDecoder().decode(bytes, for: geometry, region: whole) == plain)
            let larger = PixelRegion(x: -10, y: -10, width: 1_000, height: 1_000)
            #expect(try ImageDecoder().decode(bytes, for: geometry, region: larger) == plain)
        }
    }

    @Test func aRegionShowsItsPartOfTheUprightPicture() throws {
        let picture = try blocks()
        let files = [try ImageEncoder.jpeg(picture, quality: 100), Pictures.bitmap(of: picture)]
        for bytes in files {
            for (column, row) in [(0, 0), (3, 2), (7, 5)] {
                let region = PixelRegion(x: column * 10, y: row * 10, width: 10, height: 10)
                let found = middle(try ImageDecoder().decode(bytes, for: geometry, region: region).pixels)
                for (got, expected) in zip(found, [column * 30, row * 40, 128]) {
                    #expect(abs(Int(got) - expected) <= 6, "\(column), \(row): \(found)")
                }
            }
        }
    }

    @Test(arguments: 1...8) func regionsAreOfTheUprightPicture(orientation: Int) throws {
        let plain = try Pictures.jpeg(width: 203, height: 120)
        let turned = Pictures.jpeg(plain, with: 0xe1, EXIFBytes.orientation(orientation))
        let upright = try ImageDecoder().decode(turned, maxSide: 500).pixels
        for region in [
            PixelRegion(x: 11, y: 27, width: 60, height: 45), PixelRegion(x: 0, y: 0, width: 30, height: 100),
            PixelRegion(x: upright.width - 50, y: upright.height - 40, width: 50, height: 40),
        ] {
            let expected = try ImageDecoder().decode(Pictures.bitmap(of: upright), for: geometry, region: region)
            let decoded = try ImageDecoder().decode(turned, for: geometry, region: region)
            #expect(Pictures.difference(decoded.pixels, expected.pixels) < 1)
        }
    }

    @Test func nothingOfThePictureIsAnError() throws {
        let bytes = try ImageEncoder.jpeg(blocks())
        for region in [
            PixelRegion(x: 80, y: 0, width: 1, height: 1), PixelRegion(x: 0, y: 0, width: -5, height: 5),
            PixelRegion(x: .max, y: .max, width: .max, height: .max),
        ] {
            #expect(throws: DecodeError.regionOutside(region, width: 80, height: 60)) {
                try ImageDecoder().decode(bytes, for: geometry, region: region)
            }
        }
        let thin = PixelRegion(x: 79, y: 0, width: 5, height: 60)
        #expect(try ImageDecoder().decode(bytes, for: geometry, region: thin).pixels.width == 20)
    }
}
