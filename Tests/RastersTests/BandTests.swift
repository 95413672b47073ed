import Foundation
import Rasters
import SosiaCore
import Testing

@Suite(.enabled(if: GDALTools.isInstalled, GDALTools.absence))
struct BandTests {
    private let scene: Scene

    init() throws { scene = try Scene() }

    private static let side = 64
    private static let window = PixelWindow(x: 0, y: 0, width: 64, height: 64)

    private func bytes(bands: Int, meanings: String, _ pixels: [UInt8]? = nil) throws -> Raster {
        let pixels = pixels ?? Scene.pixels(width: Self.side, height: Self.side, bands: bands)
        let raw = try scene.raw("raw", width: Self.side, height: Self.side, bands: bands, type: 1, bytes: pixels)
        // ALPHA=NO: else the tool calls a fourth band alpha by itself.
        let path = try scene.translate(
            raw, "a.tif", ["-co", "ALPHA=NO", "-co", "PHOTOMETRIC=MINISBLACK", "-colorinterp", meanings])
        return try Raster(opening: path)
    }

    /// The bands that are shown, for what the file says of them.
    @Test(arguments: [
        ("red,green,blue", [0, 1, 2], false), ("blue,green,red", [2, 1, 0], false),
        ("red,green,blue,undefined", [0, 1, 2], false), ("undefined,red,green,blue", [1, 2, 3], false),
        ("gray,undefined,undefined,undefined", [0, 1, 2], true), ("gray", [0], false), ("gray,alpha", [0], false),
        ("undefined,undefined", [0], false), ("red,green,blue,alpha", [0, 1, 2], false),
        ("alpha,red,green,blue", [1, 2, 3], false),
    ])
    func bandsAreChosenByMeaning(meanings: String, shown: [Int], isGuess: Bool) throws {
        let count = meanings.split(separator: ",").count
        let pixels = Scene.pixels(width: Self.side, height: Self.side, bands: count)
        let raster = try bytes(bands: count, meanings: meanings, pixels)
        #expect(raster.facts.shown == shown)
        #expect(raster.facts.note?.contains("first three") == isGuess)
        let bands = shown.count == 1 ? [shown[0], shown[0], shown[0]] : shown
        let read = try raster.window(Self.window, emptiness: .standard)
        #expect(read.pixels.bytes == Scene.cut(pixels, width: Self.side, Self.window, bands: bands, of: count))
    }

    /// A near-infrared band that is dark over water hides nothing; an alpha band does.
    @Test func onlyAlphaIsAlpha() throws {
        var pixels = Scene.pixels(width: Self.side, height: Self.side, bands: 4)
        for index in stride(from: 3, to: pixels.count, by: 4) { pixels[index] = index < pixels.count / 4 ? 0 : 255 }
        for (meaning, share) in [("undefined", 0.0), ("alpha", 0.25)] {
            let raster = try bytes(bands: 4, meanings: "red,green,blue," + meaning, pixels)
            #expect(try raster.window(Self.window, emptiness: .standard).emptyShare == share)
            let rule = TileOptions.EmptinessRule(kinds: [.black, .nodata, .mask])
            #expect(try raster.window(Self.window, emptiness: rule).emptyShare == 0)
        }
    }

    @Test func palettesAreExpanded() throws {
        let indexes = (0..<Self.side * Self.side).map { UInt8($0 % 4) }
        let raw = try scene.raw("raw", width: Self.side, height: Self.side, bands: 1, type: 1, bytes: indexes)
        try scene.translate(raw, "plain.tif")
        let colours: [[UInt8]] = [[10, 20, 30], [0, 0, 0], [200, 100, 50], [255, 255, 255]]
        let entries = colours.map { #"<Entry c1="\#($0[0])" c2="\#($0[1])" c3="\#($0[2])" c4="255"/>"# }.joined()
        let vrt = try scene.write(
            "a.vrt",
            """
            <VRTDataset rasterXSize="64" rasterYSize="64"><VRTRasterBand dataType="Byte" band="1">
            <ColorInterp>Palette</ColorInterp><ColorTable>\(entries)</ColorTable><SimpleSource>
            <SourceFilename relativeToVRT="1">plain.tif</SourceFilename><SourceBand>1</SourceBand></SimpleSource>
            </VRTRasterBand></VRTDataset>
            """)
        for path in [vrt, try scene.translate(vrt, "a.tif"), try scene.translate(vrt, "a.png", ["-of", "PNG"])] {
            let raster = try Raster(opening: path)
            #expect(raster.facts.bands.map(\.meaning) == [.palette])
            let read = try raster.window(Self.window, emptiness: .standard)
            #expect(read.pixels.bytes == indexes.flatMap { colours[Int($0)] })
            #expect(read.emptyShare == 0.25)
            let half = try raster.scaled(Self.window, width: 32, height: 32).bytes
            #expect(stride(from: 0, to: half.count, by: 3).allSatisfy { colours.contains(Array(half[$0..<$0 + 3])) })
        }
    }

    /// The 2nd and 98th percentile of what is not empty, the same for each window.
    @Test func wideValuesAreScaledByTheirOwnRange() throws {
        let values = (0..<100 * 100).map { (index: Int) -> UInt16 in index % 100 < 10 ? 0 : UInt16(1_000 + index % 997)
        }
        let raw = try scene.raw("raw", width: 100, height: 100, bands: 1, type: 12, bytes: Scene.bytes(values))
        let raster = try Raster(opening: try scene.translate(raw, "a.tif"))
        let sorted = values.filter { $0 != 0 }.sorted()
        let low = Double(sorted[Int(0.02 * Double(sorted.count - 1))])
        let high = Double(sorted[Int((0.98 * Double(sorted.count - 1)).rounded(.up))])
        #expect(raster.facts.range == low...high)
        let window = PixelWindow(x: 5, y: 7, width: 50, height: 20)
        let read = try raster.window(window, emptiness: .standard)
        var expected: [UInt8] = []
        for y in 7..<27 {
            for x in 5..<55 {
                let value = Double(values[y * 100 + x])
                let level: Double = (value - low) * 255 / (high - low) + 0.5
                let byte = UInt8(max(0, min(level.rounded(.down), 255)))
                expected += [byte, byte, byte]
            }
        }
        #expect(read.pixels.bytes == expected)
        #expect(read.emptyShare == 0.1)
    }

    @Test func floatsAreScaledAndHolesAreEmpty() throws {
        var values = (0..<64 * 64).map { Float($0 % 1_000) / 1_000 + 0.5 }
        for index in 0..<64 * 16 { values[index] = index % 2 == 0 ? .nan : -9_999 }
        let raw = try scene.raw("raw", width: 64, height: 64, bands: 1, type: 4, bytes: Scene.bytes(values))
        let raster = try Raster(opening: try scene.translate(raw, "a.tif", ["-a_nodata", "-9999"]))
        let range = try #require(raster.facts.range)
        #expect(range.lowerBound >= 0.5 && range.upperBound < 1.5 && range.upperBound > 1.4)
        #expect(try raster.window(Self.window, emptiness: .standard).emptyShare == 0.25)
        #expect(raster.facts.bands.map(\.nodata) == [-9_999])
    }

    @Test func declaredBitsAreTheRange() throws {
        let values = (0..<64 * 64).map { UInt16($0 % 4_096) }
        let raw = try scene.raw("raw", width: 64, height: 64, bands: 1, type: 12, bytes: Scene.bytes(values))
        let raster = try Raster(opening: try scene.translate(raw, "a.tif", ["-co", "NBITS=12"]))
        #expect(raster.facts.range == 0...4_095)
        let small = try scene.raw(
            "small", width: 64, height: 64, bands: 1, type: 1, bytes: (0..<64 * 64).map { UInt8($0 % 16) })
        let four = try Raster(opening: try scene.translate(small, "b.tif", ["-co", "NBITS=4"]))
        #expect(four.facts.range == 0...15)
        let pixels = try four.window(PixelWindow(x: 0, y: 0, width: 16, height: 1), emptiness: .standard).pixels
        let expected = (0..<16).flatMap { (value: Int) -> [UInt8] in [UInt8](repeating: UInt8(value * 17), count: 3) }
        #expect(pixels.bytes == expected)
    }

    @Test func oneValueIsGray() throws {
        let values = [Float](repeating: 7.5, count: 64 * 64)
        let raw = try scene.raw("raw", width: 64, height: 64, bands: 1, type: 4, bytes: Scene.bytes(values))
        let raster = try Raster(opening: try scene.translate(raw, "a.tif"))
        #expect(try raster.window(Self.window, emptiness: .standard).pixels.bytes.allSatisfy { $0 == 128 })
    }
}
