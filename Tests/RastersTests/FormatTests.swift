import Foundation
import Rasters
import SosiaCore
import Testing

@Suite(.enabled(if: GDALTools.isInstalled, GDALTools.absence))
struct FormatTests {
    private let scene: Scene

    init() throws { scene = try Scene() }

    private static let width = 211
    private static let height = 171

    /// Formats without loss give the pixels they were made of, whatever their blocks are like.
    @Test func everyFormatGivesTheSamePixels() throws {
        let (width, height) = (Self.width, Self.height)
        let pixels = Scene.pixels(width: width, height: height)
        let raw = try scene.raw("raw", width: width, height: height, bands: 3, type: 1, bytes: pixels)
        let colours = ["-colorinterp", "red,green,blue"]
        let tif = try scene.translate(raw, "plain.tif", colours)
        let files = [
            ("GTiff", tif),
            ("GTiff", try scene.translate(tif, "tiled.tif", "-co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=32".words)),
            ("GTiff", try scene.translate(tif, "big.tif", "-co BIGTIFF=YES -co COMPRESS=LZW -co PREDICTOR=2".words)),
            ("GTiff", try scene.translate(tif, "planes.tif", "-co INTERLEAVE=BAND -co COMPRESS=DEFLATE".words)),
            ("GTiff", try scene.translate(tif, "one.tif", "-co BLOCKYSIZE=171 -co COMPRESS=DEFLATE".words)),
            ("GTiff", try scene.translate(tif, "cog.tif", "-of COG -co BLOCKSIZE=128".words)),
            (
                "JP2OpenJPEG",
                try scene.translate(tif, "a.jp2", "-of JP2OpenJPEG -co QUALITY=100 -co REVERSIBLE=YES".words)
            ),
            ("PNG", try scene.translate(tif, "a.png", ["-of", "PNG"])),
            ("BMP", try scene.translate(tif, "a.bmp", ["-of", "BMP"])),
            ("WEBP", try scene.translate(tif, "a.webp", "-of WEBP -co LOSSLESS=YES".words)),
            ("VRT", try mosaic(tif)),
        ]
        for (driver, path) in files {
            let raster = try Raster(opening: path)
            #expect(raster.facts.driver == driver)
            #expect((raster.facts.width, raster.facts.height) == (width, height), "\(path)")
            #expect(raster.facts.shown == [0, 1, 2] && raster.facts.range == nil && raster.facts.note != nil)
            for window in Scene.windows(width: width, height: height, count: 6, seed: 3) {
                let read = try raster.window(window, emptiness: .standard)
                #expect(read.pixels.bytes == Scene.cut(pixels, width: width, window), "\(path) \(window)")
                #expect(read.emptyShare == 0)
            }
            let plan = try TilePlan(width: width, height: height, tile: 64, stride: 40)
            for tile in raster.tiles(of: plan, emptiness: .standard) {
                let window = plan.window(at: tile.index)
                #expect(try tile.result.get().pixels.bytes == Scene.cut(pixels, width: width, window), "\(path)")
            }
        }
    }

    /// Four parts beside each other.
    private func mosaic(_ tif: String) throws -> String {
        var parts: [String] = []
        for (number, window) in [(0, 0, 110, 80), (110, 0, 101, 80), (0, 80, 110, 91), (110, 80, 101, 91)]
            .enumerated()
        {
            let (x, y, width, height) = window
            let place = ["-srcwin", "\(x)", "\(y)", "\(width)", "\(height)"]
            let corners = ["\(x)", "\(-y)", "\(x + width)", "\(-y - height)"]
            parts.append(try scene.translate(tif, "part\(number).tif", place + ["-a_ullr"] + corners))
        }
        try GDALTools.run("gdalbuildvrt", ["-q", scene.path("mosaic.vrt")] + parts)
        return scene.path("mosaic.vrt")
    }

    @Test func lossyFormatsComeClose() throws {
        let (width, height) = (Self.width, Self.height)
        let pixels = Scene.pixels(width: width, height: height)
        let raw = try scene.raw("raw", width: width, height: height, bands: 3, type: 1, bytes: pixels)
        let tif = try scene.translate(raw, "plain.tif", ["-colorinterp", "red,green,blue"])
        let window = PixelWindow(x: 20, y: 30, width: 150, height: 120)
        for path in [
            try scene.translate(tif, "a.jpg", "-of JPEG -co QUALITY=100".words),
            try scene.translate(
                tif, "jpeg.tif", "-co TILED=YES -co COMPRESS=JPEG -co PHOTOMETRIC=YCBCR -co JPEG_QUALITY=100".words),
        ] {
            let read = try Raster(opening: path).window(window, emptiness: .standard).pixels.bytes
            let expected = Scene.cut(pixels, width: width, window)
            let sum = zip(read, expected).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(Double(sum) / Double(read.count) < 12, "\(path)")
        }
    }

    @Test func readingLeavesNothingBehind() throws {
        let pixels = Scene.bytes((0..<200 * 200).map { UInt16($0 % 5_000) })
        let raw = try scene.raw("raw", width: 200, height: 200, bands: 1, type: 12, bytes: pixels)
        let path = try scene.translate(raw, "a.tif")
        let before = try FileManager.default.contentsOfDirectory(atPath: scene.folder.path).sorted()
        let raster = try Raster(opening: path)
        _ = try raster.scaled(PixelWindow(x: 0, y: 0, width: 200, height: 200), width: 50, height: 50)
        _ = try raster.window(PixelWindow(x: 0, y: 0, width: 50, height: 50), emptiness: .standard)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.folder.path).sorted() == before)
    }
}

extension String {
    var words: [String] { split(separator: " ").map(String.init) }
}
