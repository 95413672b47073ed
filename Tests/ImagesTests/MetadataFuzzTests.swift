@testable import Images
import SosiaCore
import Testing

/// Whatever the bytes: nothing, or facts that can be shown.
struct MetadataFuzzTests {
    private static let files: [(name: String, format: PictureFormat, bytes: [UInt8])] = {
        let (block, packet) = (MetadataTests.block.bytes, MetadataTests.packet)
        let picture = Pictures.scene(width: 3, height: 2)
        let text = Containers.deflatedTextChunk("Raw profile type exif", Containers.rawProfile("exif", block))
        let international = Containers.internationalTextChunk("XML:com.adobe.xmp", packet, isDeflated: true)
        let items = [
            Containers.Item(pieces: [[0, 0, 0, 6] + block[..<40], Array(block[40...])]),
            .init(kind: "mime", pieces: [packet], isInData: true),
        ]
        let chunk = Pictures.chunk("eXIf", MetadataTests.structure)
        return [
            ("block", .tiff, MetadataTests.structure),
            ("tiff", .tiff, Containers.tiff(picture, MetadataTests.block, xmp: packet)),
            ("big", .tiff, Containers.bigTIFF(model: "Large One", time: "2019:07:04 10:11:12")),
            ("late", .png, Pictures.png(picture, behind: chunk)),
            ("texts", .png, Pictures.png(picture, before: international + text)),
            ("webp", .webp, Containers.webP([("EXIF", block), ("XMP ", packet)])),
            ("items", .heif, Containers.heif(items)),
        ]
    }()

    @discardableResult
    private static func check(_ bytes: [UInt8], _ format: PictureFormat) -> PictureMetadata {
        let found = PictureMetadata(MetadataBlocks(of: bytes, format: format))
        #expect(found.orientation.map { (1...8).contains($0) } ?? true)
        for text in [found.captured, found.camera].compactMap({ $0 }) {
            #expect(!text.isEmpty && text.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        }
        if let position = found.position { #expect(abs(position.latitude) <= 90 && abs(position.longitude) <= 180) }
        return found
    }

    @Test(arguments: 0..<7) func mutations(number: Int) {
        let (_, format, file) = Self.files[number]
        #expect(Self.check(file, format).captured != nil)
        var random = SplitMix(seed: 0x5eed + UInt64(number))
        for _ in 0..<1_000 {
            var bytes = file
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 2: bytes[at] = [0, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
                case 3:
                    // A length or an offset of the largest kind.
                    let count = min([2, 4, 8].randomElement(using: &random) ?? 4, bytes.count - at)
                    bytes.replaceSubrange(at..<at + count, with: [UInt8](repeating: 0xff, count: count))
                default: bytes.removeSubrange(at..<min(at + Int.random(in: 1...8, using: &random), bytes.count))
                }
                if bytes.isEmpty { break }
            }
            Self.check(bytes, format)
        }
        for length in 0..<file.count { Self.check(Array(file[..<length]), format) }
    }

    @Test func everyByteOfADirectory() {
        let block = MetadataTests.structure
        for at in block.indices {
            for value: UInt8 in [0, 1, 8, 0x7f, 0x80, 0xff] {
                var bytes = block
                bytes[at] = value
                Self.check(bytes, .tiff)
            }
        }
    }

    /// Shapes that would cost a reader all its time or memory: the work is counted by the parts that are looked at.
    @Test func costlyShapes() throws {
        // A directory that is its own directories, of entries that all name everything.
        let count = 60_000
        var bytes =
            Array("MM".utf8) + Pictures.bigEndian(42, 2) + Pictures.bigEndian(8, 4) + Pictures.bigEndian(count, 2)
        for number in 0..<count {
            let tag = [0x010f, 0x8769, 0x8825, 0x0110][number % 4]
            bytes += Pictures.bigEndian(tag, 2) + Pictures.bigEndian(tag > 0x8000 ? 4 : 2, 2)
            bytes += Pictures.bigEndian(tag > 0x8000 ? 1 : 700_000, 4) + Pictures.bigEndian(8, 4)
        }
        let structure = try #require(TIFFStructure(bytes[...]))
        #expect(try #require(structure.exifBlock()).count < 2_000)
        Self.check(bytes, .tiff)

        // Extents that take no bytes, and as many as can be said.
        let infe = Containers.box("infe", [2, 0, 0, 0, 0, 1, 0, 0] + Array("Exif".utf8) + [0])
        let iinf = Containers.box("iinf", [0, 0, 0, 0, 0, 1] + infe)
        var locations: [UInt8] = [1, 0, 0, 0, 0, 0, 0xff, 0xff]
        for _ in 0..<65_535 { locations += [0, 2, 0, 0, 0, 0, 0xff, 0xff] }
        let meta = Containers.box("meta", [0, 0, 0, 0] + iinf + Containers.box("iloc", locations))
        Self.check(Containers.box("ftyp", Array("heic".utf8)) + meta, .heif)

        // Segments that all call themselves EXIF.
        let segment =
            [0xff, 0xe1] + Pictures.bigEndian(2 + 46, 2) + Array("Exif\0\0".utf8) + [UInt8](repeating: 0x49, count: 40)
        var jpeg: [UInt8] = [0xff, 0xd8]
        for _ in 0..<50_000 { jpeg += segment }
        #expect(Self.check(jpeg + [0xff, 0xd9], .jpeg).camera == nil)

        // Names without values.
        let packet = Array(repeating: Array("tiff:Model ".utf8), count: 100_000).flatMap { $0 }
        Self.check(Containers.webP([("XMP ", packet)]), .webp)
    }

    @Test func aTextThatInflatesWithoutEnd() throws {
        // Fifteen million zeros in a hundred thousand bytes: 258 of them a code of the fixed table.
        var bits = Bits()
        bits.put(0b1, 1)  // the last block
        bits.put(0b01, 2)  // of fixed codes
        bits.put(0b0000_1100, 8)  // the literal 0
        for _ in 0..<60_000 {
            bits.put(0b1010_0011, 8)  // 258 bytes ...
            bits.put(0, 5)  // ... from one byte back
        }
        bits.put(0, 7)
        let text = Array("Raw profile type exif\0\0".utf8) + [0x78, 0x01] + bits.bytes
        let bomb = Pictures.chunk("zTXt", text)
        let limit = MetadataBlocks.maximumCopy
        #expect(PNGFile.inflated(([0x78, 0x01] + bits.bytes)[...], limit: limit).count == limit)
        let file = Pictures.png(
            Pictures.scene(width: 2, height: 2), before: Array(repeating: bomb, count: 20).flatMap { $0 })
        #expect(Self.check(file, .png).camera == nil)
    }
}

/// Bits as deflate packs them (RFC 1951): codes are given with their first bit lowest.
private struct Bits {
    private(set) var bytes: [UInt8] = []
    private var count = 0

    mutating func put(_ value: Int, _ width: Int) {
        for bit in 0..<width {
            if count % 8 == 0 { bytes.append(0) }
            bytes[count / 8] |= UInt8(value >> bit & 1) << (count % 8)
            count += 1
        }
    }
}
