import Foundation
import Images
import SosiaCore
import Testing

/// Whatever the bytes: a picture of the right size or an error, never a crash.
struct MutationTests {
    private static let geometry = InputGeometry(width: 32, height: 32, rule: .centerCrop(shortSide: 36))

    private static func survive(_ file: [UInt8], mutations: Int, truncations: Int, seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<mutations {
            var bytes = file
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                // Headers are where the sizes are: half of the changes go there.
                let reach = Bool.random(using: &random) ? min(bytes.count, 128) : bytes.count
                let at = Int.random(in: 0..<reach, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 2: bytes[at] = Bool.random(using: &random) ? 0xff : 0
                default:
                    let from = Int.random(in: 0..<bytes.count, using: &random)
                    let count = min(8, bytes.count - max(at, from))
                    bytes.replaceSubrange(at..<at + count, with: Array(bytes[from..<from + count]))
                }
            }
            check(bytes)
        }
        for length in stride(from: 0, to: file.count, by: max(file.count / truncations, 1)) {
            check(Array(file[..<length]))
        }
    }

    private static func check(_ bytes: [UInt8]) {
        // A megapixel is enough to get everywhere and keeps the test short.
        let decoder = ImageDecoder(limits: DecodeLimits(maximumPixels: 1_000_000))
        do {
            let image = try decoder.decode(bytes, for: geometry)
            #expect(image.pixels.width == 32 && image.pixels.height == 32)
            #expect(image.facts.width > 0 && image.facts.height > 0)
        } catch {
            #expect(!error.description.isEmpty && error.description.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        }
    }

    @Test func jpeg() throws {
        let exif = EXIFBytes(
            main: [(0x010f, .text("Maker")), (0x0112, .short(6))], photo: [(0x9003, .text("2024:05:31 18:02:11"))],
            gps: [(1, .text("N")), (2, .rationals([(1, 1), (2, 1), (3, 1)]))])
        let file = Pictures.jpeg(try Pictures.jpeg(width: 48, height: 40), with: 0xe1, exif.bytes)
        Self.survive(file, mutations: 1_500, truncations: 200, seed: 1)
    }

    @Test func bitmap() {
        let file = Pictures.bitmap(of: Pictures.scene(width: 40, height: 24))
        Self.survive(file, mutations: 500, truncations: 100, seed: 2)
        let palette = (0..<64).map { UInt8($0 * 4) }
        let data = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let runs = Pictures.bitmap(width: 20, height: 20, bits: 8, compression: 1, palette: palette, data: data)
        Self.survive(runs, mutations: 500, truncations: 100, seed: 3)
    }

    @Test(.enabled(if: Pictures.hasVips)) func png() {
        let file = Pictures.png(Pictures.scene(width: 24, height: 20))
        Self.survive(file, mutations: 150, truncations: 40, seed: 4)
    }

    @Test(.enabled(if: TIFFBytes.areRead)) func tiff() {
        let bytes: [UInt8] = (0..<24 * 20 * 3).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let strips: [[UInt8]] = (0..<5).map { Array(bytes[$0 * 288..<$0 * 288 + 288]) }
        let rgb = TIFFBytes.Page(
            width: 24, height: 20, bits: [8, 8, 8], photometric: 2, [278: [4]], parts: strips)
        Self.survive(TIFFBytes.file([rgb, rgb]), mutations: 600, truncations: 80, seed: 6)
        let apart = TIFFBytes.Page(
            width: 24, height: 20, bits: [12, 12], [284: [2], 322: [32], 323: [16], 338: [1], 339: [2, 2]],
            parts: (0..<4).map { _ in [UInt8](bytes[..<768]) })
        Self.survive(TIFFBytes.file([apart], children: [rgb]), mutations: 600, truncations: 80, seed: 7)
        let chroma = TIFFBytes.Page(
            width: 24, height: 20, bits: [8, 8, 8], photometric: 6, [530: [2, 2]], parts: [Array(bytes[..<720])])
        Self.survive(TIFFBytes.file([chroma]), mutations: 600, truncations: 80, seed: 8)
        let floats = TIFFBytes.Page(
            width: 6, height: 5, bits: [32, 32, 32], photometric: 2, [339: [3, 3, 3]], parts: [Array(bytes[..<360])])
        Self.survive(TIFFBytes.file([floats]), mutations: 300, truncations: 40, seed: 9)
    }

    /// The formats that only other programs write.
    @Test(
        .enabled(if: Pillow.python != nil && Pictures.hasVips),
        arguments: [
            "animated.gif", "lossy.webp", "profile-p3.jpg", "raw.tif", "palette.tif", "still.avif", "still.heic",
            "palette-opacities.png", "cmyk-profile.jpg", "progressive-420.jpg", "palette.bmp",
        ])
    func others(name: String) throws {
        guard let folder = OddFiles.folder else { return }
        guard let data = try? Data(contentsOf: folder.appending(path: name)) else {
            print("skipped: \(name): not written here")
            return
        }
        Self.survive([UInt8](data), mutations: 25, truncations: 8, seed: 5)
    }
}
