import Images
import SosiaCore
import Testing

/// How a TIFF's pixels lie in the file, and which of its pages is taken.
@Suite(.enabled(if: TIFFBytes.areRead))
struct TIFFLayoutTests {
    private static let picture = Pictures.scene(width: 50, height: 37)

    private static func plane(_ channel: Int) -> [UInt8] {
        stride(from: channel, to: picture.bytes.count, by: 3).map { picture.bytes[$0] }
    }

    /// Tiles of 32 by 16, row by row; what lies outside the picture is 0.
    private static func tiles(_ samples: [UInt8], channels: Int) -> [[UInt8]] {
        var tiles: [[UInt8]] = []
        for top in stride(from: 0, to: 37, by: 16) {
            for left in stride(from: 0, to: 50, by: 32) {
                var tile = [UInt8](repeating: 0, count: 32 * 16 * channels)
                for y in top..<min(top + 16, 37) {
                    for x in left..<min(left + 32, 50) {
                        for channel in 0..<channels {
                            let to = ((y - top) * 32 + x - left) * channels + channel
                            tile[to] = samples[(y * 50 + x) * channels + channel]
                        }
                    }
                }
                tiles.append(tile)
            }
        }
        return tiles
    }

    private static func strips(_ samples: [UInt8], channels: Int) -> [[UInt8]] {
        stride(from: 0, to: 37, by: 8).map { Array(samples[$0 * 50 * channels..<min($0 + 8, 37) * 50 * channels]) }
    }

    private static func page(_ more: [Int: [Int]], bits: [Int] = [8, 8, 8], photometric: Int = 2, _ parts: [[UInt8]])
        -> TIFFBytes.Page
    {
        .init(width: 50, height: 37, bits: bits, photometric: photometric, more, parts: parts)
    }

    @Test func stripsAndTilesTogetherAndApart() throws {
        let apart = (0..<3).map(Self.plane)
        let tiled = [322: [32], 323: [16]]
        let files = [
            Self.page([278: [8]], Self.strips(Self.picture.bytes, channels: 3)),
            Self.page(tiled, Self.tiles(Self.picture.bytes, channels: 3)),
            Self.page([284: [2]], apart),
            Self.page([284: [2], 278: [8]], apart.flatMap { Self.strips($0, channels: 1) }),
            Self.page(tiled.merging([284: [2]]) { $1 }, apart.flatMap { Self.tiles($0, channels: 1) }),
        ]
        for (number, page) in files.enumerated() {
            #expect(try TIFFBytes.decode(TIFFBytes.file([page])) == Self.picture, "\(number)")
        }
    }

    @Test func opacityInAPlaneOfItsOwn() throws {
        let opacity = (0..<50 * 37).map { UInt8(truncatingIfNeeded: $0) }
        let grey = Self.plane(1)
        let page = Self.page(
            [284: [2], 278: [8], 338: [2]], bits: [8, 8], photometric: 1,
            Self.strips(grey, channels: 1) + Self.strips(opacity, channels: 1))
        let decoded = try TIFFBytes.decode(TIFFBytes.file([page]))
        for (at, (value, part)) in zip(grey, opacity).enumerated() {
            let expected = (Int(value) * Int(part) + 255 * (255 - Int(part)) + 127) / 255
            #expect(abs(Int(decoded.bytes[3 * at]) - expected) <= 1)
        }
    }

    /// BT.601, as TIFF 6.0 has it; chroma is shared by blocks of so many columns and rows.
    @Test(arguments: [[1, 1], [2, 1], [2, 2], [4, 2]]) func lumaAndChroma(subsampling: [Int]) throws {
        let (across, down) = (subsampling[0], subsampling[1])
        // One colour a block.
        let (blocks, rows) = (6, 5)
        var colours: [[Double]] = []
        for block in 0..<blocks * rows {
            colours.append([Double(block * 8), Double(255 - block * 8), Double(block * 37 % 256)])
        }
        var data: [UInt8] = []
        for colour in colours {
            let light: [Double] = [0.299 * colour[0], 0.587 * colour[1], 0.114 * colour[2]]
            let luma: Double = light[0] + light[1] + light[2]
            let chroma: [Double] = [128 + (colour[2] - luma) / 1.772, 128 + (colour[0] - luma) / 1.402]
            data += [UInt8](repeating: UInt8(luma.rounded()), count: across * down)
            data += chroma.map { UInt8(min(max($0.rounded(), 0), 255)) }
        }
        let page = TIFFBytes.Page(
            width: blocks * across, height: rows * down, bits: [8, 8, 8], photometric: 6, [530: subsampling],
            parts: [data])
        let decoded = try TIFFBytes.decode(TIFFBytes.file([page]))
        for y in 0..<rows * down {
            for x in 0..<blocks * across {
                let colour = colours[y / down * blocks + x / across]
                for channel in 0..<3 {
                    let got = Double(decoded.bytes[(y * blocks * across + x) * 3 + channel])
                    #expect(abs(got - colour[channel]) <= 3, "\(x), \(y)")
                }
            }
        }
    }

    @Test func aJPEGInside() throws {
        let jpeg = try Pictures.jpeg(width: 48, height: 32)
        let expected = try ImageDecoder().decode(jpeg, maxSide: 48).pixels
        let size = (width: 48, height: 32)
        let new = TIFFBytes.Page(
            width: size.width, height: size.height, bits: [8, 8, 8], photometric: 6, [259: [7], 530: [2, 2]],
            parts: [jpeg])
        #expect(Pictures.difference(try TIFFBytes.decode(TIFFBytes.file([new])), expected) < 3)
        // TIFF 6.0's own way, which libtiff calls old.
        var old = TIFFBytes.Page(
            width: size.width, height: size.height, bits: [8, 8, 8], photometric: 6,
            [259: [6], 512: [1], 513: [0], 514: [jpeg.count], 530: [2, 2]], parts: [jpeg])
        old.fields[513] = [TIFFBytes.file([old]).count - jpeg.count]
        #expect(Pictures.difference(try TIFFBytes.decode(TIFFBytes.file([old])), expected) < 3)
    }

    private static func plain(_ level: UInt8, side: Int = 20, _ more: [Int: [Int]] = [:]) -> TIFFBytes.Page {
        let bytes: [UInt8] = (0..<side * side).map { level + UInt8($0 % 7) * 9 }
        return .init(width: side, height: side, more, parts: [bytes])
    }

    private static let blank = TIFFBytes.Page(width: 20, height: 20, parts: [[UInt8](repeating: 250, count: 400)])

    private static func first(_ pages: [TIFFBytes.Page], children: [TIFFBytes.Page] = []) throws -> (
        side: Int, level: Int
    ) {
        let facts = try ImageDecoder().decode(TIFFBytes.file(pages, children: children), maxSide: 100)
        return (facts.facts.width, Int(facts.pixels.bytes[0]))
    }

    @Test func theFullPictureIsTaken() throws {
        let reduced = Self.plain(1, side: 5, [254: [1]])
        let mask = Self.plain(2, [254: [4]])
        let full = Self.plain(80)
        #expect(try Self.first([reduced, full]) == (20, 80))
        #expect(try Self.first([reduced, mask, full, Self.plain(90)]) == (20, 80))
        #expect(try Self.first([Self.plain(90, [254: [2]]), full]) == (20, 90))
        // What there is, when all are copies.
        #expect(try Self.first([reduced]) == (5, 1))
        // The first names the full one, as cameras write it.
        #expect(try Self.first([reduced], children: [full]) == (20, 80))
        #expect(try Self.first([full], children: [Self.plain(3, side: 10)]) == (20, 80))
    }

    @Test func aBlankPageGivesWay() throws {
        #expect(try Self.first([Self.blank, Self.plain(80)]) == (20, 80))
        #expect(try Self.first([Self.blank, Self.blank, Self.plain(80), Self.plain(90)]) == (20, 80))
        #expect(try Self.first([Self.blank, Self.blank]) == (20, 250))
        #expect(try Self.first([Self.blank]) == (20, 250))
        // A page of which only the part that is asked for is blank shows something.
        var pixels = [UInt8](repeating: 250, count: 20 * 60)
        pixels[5] = 0
        let tall = TIFFBytes.Page(width: 20, height: 60, parts: [pixels])
        let decoded = try ImageDecoder().decode(
            TIFFBytes.file([tall, Self.plain(80)]),
            for: InputGeometry(width: 10, height: 10, rule: .centerCrop(shortSide: 10)))
        #expect(decoded.facts.height == 60)
    }

    @Test func cutOffAnywhere() throws {
        let geometry = InputGeometry(width: 20, height: 20, rule: .centerCrop(shortSide: 20))
        let rows: [[UInt8]] = (0..<400).map { y in (0..<20).map { x in UInt8(truncatingIfNeeded: x * 9 + y) } }
        let strips = TIFFBytes.Page(
            width: 20, height: 400, [278: [10]],
            parts: stride(from: 0, to: 400, by: 10).map {
                Array(rows[$0..<$0 + 10].joined())
            })
        for page in [strips, TIFFBytes.Page(width: 20, height: 400, parts: [Array(rows.joined())])] {
            let whole = TIFFBytes.file([page])
            #expect(throws: Never.self) { try ImageDecoder().decode(whole, for: geometry) }
            for share in [0.02, 0.5, 0.85, 0.99] {
                #expect(throws: DecodeError.truncated) {
                    try ImageDecoder().decode(Array(whole.prefix(Int(Double(whole.count) * share))), for: geometry)
                }
            }
        }
    }

    @Test func whatNobodyReadsIsNotDamaged() {
        let mosaic = Self.plain(1, [262: [32_803]])
        let unknown = Self.plain(1, [259: [60_000]])
        let mixed = TIFFBytes.Page(
            width: 2, height: 2, bits: [5, 6, 5], photometric: 2, parts: [[1, 2, 3, 4, 5, 6, 7, 8]])
        let raw = TIFFBytes.file([Self.plain(1, side: 5, [254: [1]])], children: [mosaic])
        for file in [TIFFBytes.file([mosaic]), TIFFBytes.file([unknown]), TIFFBytes.file([mixed]), raw] {
            guard case .unsupported(.tiff, let reason) = TIFFBytes.failure(of: file) else {
                Issue.record("\(String(describing: TIFFBytes.failure(of: file)))")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    /// The range of floats is found in all rows, where the compression lets none be passed over.
    @Test func compressedFloatsOfManyRows() throws {
        let height = 600
        // PackBits: the count of a run less one, and the run.
        let strip = (0..<height).flatMap { row -> [UInt8] in
            let numbers = (0..<8).flatMap { _ in
                withUnsafeBytes(of: (Float(row) / Float(height)).bitPattern.littleEndian, Array.init)
            }
            return [UInt8(numbers.count - 1)] + numbers
        }
        let page = TIFFBytes.Page(
            width: 8, height: height, bits: [32], [259: [32_773], 339: [3]], parts: [strip])
        let image = try TIFFBytes.decode(TIFFBytes.file([page]))
        let column = (0..<image.height).map { Int(image.bytes[$0 * image.width * 3]) }
        #expect(column.first ?? 255 < 8 && column.last ?? 0 > 247)
        #expect(column == column.sorted())
    }

    /// Headers that would make a reader take gigabytes.
    @Test func sizesThatAreOnlyClaimed() {
        let tiles = TIFFBytes.Page(width: 100, height: 100, [322: [60_000], 323: [60_000]], parts: [[1, 2, 3]])
        let wide = TIFFBytes.Page(width: 60_000, height: 60_000, parts: [[1, 2, 3]])
        let many = TIFFBytes.Page(
            width: 16_000, height: 16_000, bits: [Int](repeating: 64, count: 40), [284: [2]], parts: [[1, 2, 3]])
        // Their product is more than a word holds; libtiff's RGBA interface reads them.
        let endless = TIFFBytes.Page(
            width: 8, height: 8, photometric: 3,
            [320: [Int](repeating: 0, count: 768), 322: [1 << 31], 323: [1 << 31], 339: [2]], parts: [[1, 2, 3]])
        for page in [tiles, wide, many, endless] { #expect(TIFFBytes.failure(of: TIFFBytes.file([page])) != nil) }
        // Gigabytes for one row.
        let deep = TIFFBytes.Page(
            width: 60_000, height: 1, bits: [Int](repeating: 1, count: 50_000), [284: [1]], parts: [[1, 2, 3]])
        #expect(TIFFBytes.failure(of: TIFFBytes.file([deep])) != nil)
        // A directory that leads to itself.
        var loop = TIFFBytes.file([Self.blank])
        let link = 8 + 2 + 12 * Int(loop[8])
        loop.replaceSubrange(link..<link + 4, with: [8, 0, 0, 0])
        #expect(TIFFBytes.failure(of: loop) == nil)
    }
}
