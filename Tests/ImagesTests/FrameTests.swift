import Foundation
import Images
import SosiaCore
import Testing

/// Which frame of an animation is taken, and what is behind it.
@Suite(.enabled(if: Pictures.hasVips))
struct FrameTests {
    private struct Frame {
        var x = 0
        var y = 0
        var width = 30
        var height = 20
        var color: Int?
        var transparent: Int?
    }

    /// A GIF89a of 128 colours: code sizes stay at eight bits when the codes are cleared often enough.
    private static func gif(_ frames: [Frame], width: Int = 30, height: Int = 20) -> [UInt8] {
        var bytes = Array("GIF89a".utf8) + Pictures.littleEndian(width, 2) + Pictures.littleEndian(height, 2)
        bytes += [0xf6, 0, 0] + (0..<128).flatMap { level(of: $0) }
        for frame in frames {
            if let transparent = frame.transparent { bytes += [0x21, 0xf9, 4, 1, 0, 0, UInt8(transparent), 0] }
            bytes += [0x2c]
            bytes += [frame.x, frame.y, frame.width, frame.height].flatMap { Pictures.littleEndian($0, 2) }
            bytes += [0, 7]
            let pixels = (0..<frame.width * frame.height).map { UInt8(frame.color ?? $0 % 128) }
            for start in stride(from: 0, to: pixels.count, by: 100) {
                let part = pixels[start..<min(start + 100, pixels.count)]
                bytes += [UInt8(part.count + 1), 0x80] + part
            }
            bytes += [1, 0x81, 0]
        }
        return bytes + [0x3b]
    }

    private static func level(of color: Int) -> [UInt8] { [UInt8(color * 2), UInt8(200 - color), 7] }

    private static func decode(_ bytes: [UInt8]) throws -> PixelImage {
        try ImageDecoder().decode(bytes, maxSide: 100).pixels
    }

    private static func pixel(_ image: PixelImage, _ x: Int, _ y: Int) -> [UInt8] {
        Array(image.bytes[(y * image.width + x) * 3..<(y * image.width + x) * 3 + 3])
    }

    @Test func whatTheFirstFrameLeavesIsWhite() throws {
        for transparent in [nil, 127] {
            let part = Frame(x: 10, y: 5, width: 12, height: 9, color: 60, transparent: transparent)
            for more in [[], [Frame()]] {
                let image = try Self.decode(Self.gif([part] + more))
                #expect((image.width, image.height) == (30, 20))
                for y in 0..<20 {
                    for x in 0..<30 {
                        let isInside = (10..<22).contains(x) && (5..<14).contains(y)
                        #expect(Self.pixel(image, x, y) == (isInside ? Self.level(of: 60) : [255, 255, 255]))
                    }
                }
            }
        }
    }

    @Test func aBlankFrameGivesWay() throws {
        let blank = Frame(color: 100)
        let drawn = Frame(x: 3, y: 4, width: 20, height: 10)
        let still = try Self.decode(Self.gif([Frame()]))
        #expect(try Self.decode(Self.gif([blank, Frame()])) == still)
        #expect(try Self.decode(Self.gif([blank, Frame(color: 3), Frame(), Frame(color: 9)])) == still)
        // Drawn upon the blank one.
        let upon = try Self.decode(Self.gif([blank, drawn]))
        #expect(Self.pixel(upon, 0, 0) == Self.level(of: 100))
        #expect(Self.pixel(upon, 4, 4) == Self.level(of: 1))
        #expect(try Self.decode(Self.gif([blank, blank])).bytes.prefix(3) == Self.level(of: 100)[...])
        #expect(try Self.decode(Self.gif([Frame(), blank])) == still)
    }

    @Test func aFrameIsNotBlankForItsPart() throws {
        // Only the middle is asked for, and there the first frame shows nothing.
        let first = Self.gif(
            [Frame(width: 90, height: 20, color: 5), Frame(width: 10, height: 5), Frame(width: 90, height: 20)],
            width: 90)
        let geometry = InputGeometry(width: 10, height: 10, rule: .centerCrop(shortSide: 10))
        let decoded = try ImageDecoder().decode(first, for: geometry)
        #expect(decoded.pixels.bytes.prefix(3) == Self.level(of: 5)[...])
    }

    @Test func looksAtSoManyBlankFramesOnly() throws {
        // Each is 16 megapixels, and drawing the twentieth takes all before it.
        let blank = Frame(width: 4_000, height: 4_000, color: 5)
        let more = [Frame](repeating: Frame(width: 1, height: 1, color: 5), count: 100)
        let shown = try Self.decode(Self.gif([blank] + more + [Frame()], width: 4_000, height: 4_000))
        #expect(shown.bytes.prefix(3) == Self.level(of: 5)[...])
    }

    @Test(.enabled(if: OddFiles.folder != nil)) func aPartOfAnAnimatedPNG() throws {
        let folder = try #require(OddFiles.folder)
        let shown = try Self.decode([UInt8](Data(contentsOf: folder.appending(path: "blank-part.png"))))
        for (x, y) in [(0, 0), (29, 39), (50, 89), (99, 99)] { #expect(Self.pixel(shown, x, y) == [200, 220, 240]) }
        for (x, y) in [(30, 40), (69, 79)] { #expect(Self.pixel(shown, x, y) == [10, 20, 30]) }
    }

    @Test(.enabled(if: OddFiles.folder != nil), arguments: ["webp", "gif", "tif", "png"])
    func othersWrite(ending: String) throws {
        let name = "blank-first." + ending
        let folder = try #require(OddFiles.folder)
        let shown = try Self.decode([UInt8](Data(contentsOf: folder.appending(path: name))))
        let still = try Self.decode([UInt8](Data(contentsOf: folder.appending(path: name + ".reference.png"))))
        #expect(Pictures.difference(shown, still) < 4)
    }
}
