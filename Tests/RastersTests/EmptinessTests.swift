import Foundation
import Rasters
import SosiaCore
import Testing

@Suite(.enabled(if: GDALTools.isInstalled, GDALTools.absence))
struct EmptinessTests {
    private static let side = 64
    private static let window = PixelWindow(x: 0, y: 0, width: 64, height: 64)
    private let scene: Scene

    init() throws { scene = try Scene() }

    private func only(_ kind: TileOptions.EmptinessRule.Kind) -> TileOptions.EmptinessRule {
        TileOptions.EmptinessRule(kinds: [kind])
    }

    /// The first `count` pixels have this colour, the others are not empty.
    private func picture(_ count: Int, _ colour: [UInt8], _ arguments: [String]) throws -> String {
        var pixels = Scene.pixels(width: Self.side, height: Self.side)
        for index in 0..<count * 3 { pixels[index] = colour[index % 3] }
        let raw = try scene.raw("raw", width: Self.side, height: Self.side, bands: 3, type: 1, bytes: pixels)
        return try scene.translate(raw, "a.tif", ["-colorinterp", "red,green,blue"] + arguments)
    }

    @Test func sharesAreCounted() throws {
        for count in [0, 1, 1_024, 2_048, 2_049, 4_096] {
            let raster = try Raster(opening: try picture(count, [0, 0, 0], []))
            let share = Double(count) / 4_096
            #expect(try raster.window(Self.window, emptiness: .standard).emptyShare == share)
            #expect(try raster.window(Self.window, emptiness: only(.black)).emptyShare == share)
            for kind in [TileOptions.EmptinessRule.Kind.nodata, .mask, .alpha] {
                #expect(try raster.window(Self.window, emptiness: only(kind)).emptyShare == 0)
            }
            #expect(try raster.window(Self.window, emptiness: TileOptions.EmptinessRule(kinds: [])).emptyShare == 0)
        }
    }

    /// One dark channel is a colour, and lossy files need a level.
    @Test func blackIsAllChannels() throws {
        let red = try Raster(opening: try picture(1_024, [90, 0, 0], []))
        #expect(try red.window(Self.window, emptiness: .standard).emptyShare == 0)
        let nearly = try Raster(opening: try picture(1_024, [3, 1, 2], []))
        for (level, share) in [(UInt8(0), 0.0), (2, 0), (3, 0.25), (10, 0.25)] {
            let rule = TileOptions.EmptinessRule(kinds: [.black], blackLevel: level)
            #expect(try nearly.window(Self.window, emptiness: rule).emptyShare == share)
        }
    }

    @Test func nodataIsAllChannels() throws {
        let path = try picture(1_024, [255, 255, 255], ["-a_nodata", "255"])
        let white = try Raster(opening: path)
        #expect(try white.window(Self.window, emptiness: only(.nodata)).emptyShare == 0.25)
        #expect(try white.window(Self.window, emptiness: only(.black)).emptyShare == 0)
        let yellow = try Raster(opening: try picture(1_024, [255, 255, 0], ["-a_nodata", "255"]))
        #expect(try yellow.window(Self.window, emptiness: only(.nodata)).emptyShare == 0)
        let never = try Raster(opening: try picture(1_024, [255, 255, 255], ["-a_nodata", "-9999"]))
        #expect(try never.window(Self.window, emptiness: only(.nodata)).emptyShare == 0)
    }

    /// A colour that is transparent in all bands together, as PNG has it.
    @Test func nodataOfAllBandsTogether() throws {
        let path = try scene.translate(
            try picture(1_024, [1, 2, 3], []), "a.vrt", ["-of", "VRT", "-mo", "NODATA_VALUES=1 2 3"])
        let raster = try Raster(opening: path)
        #expect(try raster.window(Self.window, emptiness: only(.nodata)).emptyShare == 0.25)
        #expect(try raster.window(Self.window, emptiness: only(.mask)).emptyShare == 0)
    }

    @Test func masksAreRead() throws {
        // The alpha band becomes the file's mask.
        var pixels = Scene.pixels(width: Self.side, height: Self.side, bands: 4)
        for index in 0..<4_096 { pixels[index * 4 + 3] = index < 1_024 ? 0 : 255 }
        let raw = try scene.raw("raw", width: Self.side, height: Self.side, bands: 4, type: 1, bytes: pixels)
        let bands = ["-b", "1", "-b", "2", "-b", "3", "-mask", "4", "-colorinterp", "red,green,blue"]
        let inside = ["--config", "GDAL_TIFF_INTERNAL_MASK", "YES"]
        for (name, arguments) in [
            ("inside.tif", inside), ("beside.tif", ["--config", "GDAL_TIFF_INTERNAL_MASK", "NO"]),
        ] {
            let raster = try Raster(opening: try scene.translate(raw, name, arguments + bands))
            #expect(raster.facts.hasMask && raster.facts.bands.count == 3)
            #expect(try raster.window(Self.window, emptiness: .standard).emptyShare == 0.25, "\(name)")
            #expect(try raster.window(Self.window, emptiness: only(.mask)).emptyShare == 0.25)
            #expect(try raster.window(Self.window, emptiness: only(.alpha)).emptyShare == 0)
            let plan = try TilePlan(width: Self.side, height: Self.side, tile: 16, stride: 8)
            for tile in raster.tiles(of: plan, emptiness: only(.mask)) {
                let read = try tile.result.get()
                #expect(try raster.window(read.window, emptiness: only(.mask)) == read)
            }
        }
    }

    /// The border of a real mosaic: the tiles that are dropped are those whose pixels are counted black one by one.
    @Test(.enabled(if: Aerial.isPresent, Aerial.absence))
    func theBordersOfAMosaicAreDropped() throws {
        let raster = try Raster(opening: Aerial.mosaic)
        let options = TileOptions.standard
        let plan = try TilePlan(raster.facts, options)
        var (kept, dropped) = (0, 0)
        for tile in raster.tiles(of: plan, emptiness: options.rule) {
            let read = try tile.result.get()
            if read.emptyShare > options.emptyShare { dropped += 1 } else { kept += 1 }
            guard tile.index % 17 == 0 else { continue }
            let bytes = read.pixels.bytes
            let black = stride(from: 0, to: bytes.count, by: 3).count {
                bytes[$0] == 0 && bytes[$0 + 1] == 0 && bytes[$0 + 2] == 0
            }
            #expect(read.emptyShare == Double(black) / 65_536)
        }
        #expect(kept + dropped == 425)
        #expect(dropped > 40 && dropped < 100)
    }
}
