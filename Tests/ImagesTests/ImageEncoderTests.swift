import Images
import SosiaCore
import Testing

struct ImageEncoderTests {
    @Test(arguments: [(1, 1), (97, 65), (160, 120)]) func whatGoesInComesOut(width: Int, height: Int) throws {
        let scene = Pictures.scene(width: width, height: height)
        let decoded = try ImageDecoder().decode(ImageEncoder.jpeg(scene, quality: 95), maxSide: 500)
        #expect(Pictures.difference(decoded.pixels, scene) < 4)
        #expect((decoded.facts.width, decoded.facts.height) == (width, height))
    }

    @Test func qualityIsHeldInRange() throws {
        let scene = Pictures.scene(width: 64, height: 48)
        #expect(try ImageEncoder.jpeg(scene, quality: -5) == ImageEncoder.jpeg(scene, quality: 1))
        #expect(try ImageEncoder.jpeg(scene, quality: 900) == ImageEncoder.jpeg(scene, quality: 100))
        #expect(try ImageEncoder.jpeg(scene, quality: 20).count < ImageEncoder.jpeg(scene, quality: 95).count)
    }

    @Test func equalInputGivesEqualOutput() throws {
        let jpeg = try Pictures.jpeg()
        let geometry = InputGeometry(width: 50, height: 50, rule: .stretch)
        #expect(try ImageDecoder().decode(jpeg, for: geometry) == ImageDecoder().decode(jpeg, for: geometry))
        #expect(try Pictures.jpeg() == jpeg)
    }

    @Test func refusesMoreThanAJPEGHolds() {
        let long = Pictures.image(width: 65_536, height: 1, bytes: [UInt8](repeating: 9, count: 65_536 * 3))
        #expect(throws: EncodeError.sideTooLong(width: 65_536, height: 1, maximumSide: 65_535, path: nil)) {
            try ImageEncoder.jpeg(long)
        }
    }
}
