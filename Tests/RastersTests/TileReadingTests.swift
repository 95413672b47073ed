import Foundation
import Rasters
import SosiaCore
import Testing

@Suite(.enabled(if: GDALTools.isInstalled, GDALTools.absence))
struct TileReadingTests {
    private let scene: Scene

    init() throws { scene = try Scene() }

    private func raster(width: Int, height: Int, _ arguments: String, borders: Bool = false) throws -> Raster {
        var pixels = Scene.pixels(width: width, height: height)
        if borders { for index in 0..<width * 30 * 3 { pixels[index] = 0 } }
        let raw = try scene.raw("raw", width: width, height: height, bands: 3, type: 1, bytes: pixels)
        let path = try scene.translate(raw, "\(UUID()).tif", ["-colorinterp", "red,green,blue"] + arguments.words)
        return try Raster(opening: path)
    }

    /// Strip by strip and window by window give the same, for tiles that overlap, meet, and leave gaps, in blocks that
    /// are smaller and larger than tiles.
    @Test(arguments: [
        "-co TILED=YES -co BLOCKXSIZE=16 -co BLOCKYSIZE=16", "-co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=112",
        "-co COMPRESS=DEFLATE -co BLOCKYSIZE=1", "-co BLOCKYSIZE=150 -co INTERLEAVE=BAND",
    ])
    func stripsEqualWindows(blocks: String) throws {
        let raster = try raster(width: 131, height: 150, blocks, borders: true)
        for (tile, stride) in [(16, 40), (24, 24), (33, 7), (131, 1)] {
            let plan = try TilePlan(width: 131, height: 150, tile: tile, stride: stride)
            var next = 0
            for read in raster.tiles(of: plan, emptiness: .standard) {
                #expect(read.index == next)
                next += 1
                guard read.index % 5 == 0 else { continue }
                #expect(try raster.window(plan.window(at: read.index), emptiness: .standard) == read.result.get())
            }
            #expect(next == plan.count)
        }
    }

    @Test func someRowsOfAPlan() throws {
        let raster = try raster(width: 90, height: 150, "-co BLOCKYSIZE=8")
        let plan = try TilePlan(width: 90, height: 150, tile: 32, stride: 10)
        let all = try raster.tiles(of: plan, emptiness: .standard).map { try $0.result.get() }
        for rows in [0..<1, 3..<7, 11..<12, 5..<5, 10..<40] {
            let some = try raster.tiles(of: plan, rows: rows, emptiness: .standard).map {
                ($0.index, try $0.result.get())
            }
            let indexes = rows.clamped(to: 0..<plan.rows)
            #expect(some.map(\.0) == Array(indexes.lowerBound * plan.columns..<indexes.upperBound * plan.columns))
            #expect(some.allSatisfy { all[$0.0] == $0.1 })
        }
    }

    @Test func aPlanOfAnotherRasterFails() throws {
        let raster = try raster(width: 90, height: 150, "-co BLOCKYSIZE=8")
        let plan = try TilePlan(width: 91, height: 150, tile: 91, stride: 10)
        let results = raster.tiles(of: plan, emptiness: .standard).map(\.result)
        #expect(results.count == plan.count)
        for result in results { #expect(throws: RasterError.self) { try result.get() } }
    }

    @Test func severalThreadsReadTheSame() async throws {
        let raster = try raster(width: 200, height: 200, "-co TILED=YES -co BLOCKXSIZE=32 -co BLOCKYSIZE=32")
        let plan = try TilePlan(width: 200, height: 200, tile: 40, stride: 20)
        let expected = try raster.tiles(of: plan, emptiness: .standard).map { try $0.result.get() }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<6 {
                group.addTask {
                    if task % 2 == 0 {
                        return try raster.tiles(of: plan, emptiness: .standard).map { try $0.result.get() } == expected
                    }
                    return try (0..<plan.count).reversed().allSatisfy {
                        try raster.window(plan.window(at: $0), emptiness: .standard) == expected[$0]
                    }
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }

    /// In a process of its own: what is resident is everybody's.
    @Test func hugeRastersStayOnDisk() async {
        await #expect(processExitsWith: .success) { try TileReadingTests().readSomeOfAHugeRaster() }
    }

    /// 10 GB of pixels, of which two rows of tiles and some windows are read.
    fileprivate func readSomeOfAHugeRaster() throws {
        let path = scene.path("huge.tif")
        try GDALTools.run(
            "gdal_create",
            "-q -outsize 60000 60000 -bands 3 -ot Byte -co TILED=YES -co SPARSE_OK=YES -co BIGTIFF=YES".words + [path])
        let raster = try Raster(opening: path)
        let before = try residentBytes()
        let plan = try TilePlan(raster.facts, .standard)
        #expect(plan.count == 467 * 467)
        var count = 0
        for tile in raster.tiles(of: plan, rows: 100..<102, emptiness: .standard) {
            let isBlack = try tile.result.get().emptyShare == 1
            count += isBlack ? 1 : 0
        }
        #expect(count == 2 * 467)
        _ = try raster.window(PixelWindow(x: 59_000, y: 59_000, width: 1_000, height: 1_000), emptiness: .standard)
        #expect(try residentBytes() - before < 400 << 20)
    }

    private func residentBytes() throws -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4_096
    }

    @Test func windowsAreScaledByTheirMean() throws {
        let raster = try raster(width: 256, height: 128, "-co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=64")
        let whole = PixelWindow(x: 0, y: 0, width: 256, height: 128)
        let original = try raster.window(whole, emptiness: .standard).pixels
        #expect(try raster.scaled(whole, width: 256, height: 128) == original)
        let half = try raster.scaled(whole, width: 128, height: 64)
        // The mean of each four pixels, up to rounding.
        for (x, y) in [(0, 0), (17, 40), (127, 63)] {
            let near = [(0, 0), (1, 0), (0, 1), (1, 1)].map { (y * 2 + $0.1) * 256 + x * 2 + $0.0 }
            for channel in 0..<3 {
                let mean = near.map { Double(original.bytes[$0 * 3 + channel]) }.reduce(0, +) / 4
                #expect(abs(Double(half.bytes[(y * 128 + x) * 3 + channel]) - mean) <= 1)
            }
        }
        let double = try raster.scaled(PixelWindow(x: 10, y: 10, width: 20, height: 20), width: 40, height: 40)
        #expect(double.bytes.count == 4_800)
        for (width, height) in [(0, 10), (10, -1), (Raster.maximumSide + 1, 10)] {
            let error = RasterError.outputOutOfRange(width: width, height: height, maximumSide: Raster.maximumSide)
            #expect(throws: error) { try raster.scaled(whole, width: width, height: height) }
        }
    }

    /// Many rows at a time or few: what the library's own tool gives.
    @Test func largeWindowsAreScaledAsOthersScaleThem() throws {
        let (width, height) = (4_000, 1_500)
        let plain = scene.path("large.tif")
        let pixels = Scene.pixels(width: 500, height: 300)
        let raw = try scene.raw("raw", width: 500, height: 300, bands: 3, type: 1, bytes: pixels)
        try scene.translate(
            raw, "large.tif",
            ["-colorinterp", "red,green,blue", "-outsize", "\(width)", "\(height)", "-r", "bilinear"]
                + "-co TILED=YES -co COMPRESS=DEFLATE -co ZLEVEL=1".words)
        let raster = try Raster(opening: plain)
        for (side, size) in [
            (PixelWindow(x: 0, y: 0, width: width, height: height), (63, 37)),
            (PixelWindow(x: 7, y: 11, width: 3_900, height: 1_401), (91, 203)),
        ] {
            let source = [side.x, side.y, side.width, side.height].map(String.init)
            let other = try scene.translate(
                plain, "\(size.0).tif",
                ["-srcwin"] + source + ["-outsize", "\(size.0)", "\(size.1)", "-r", "average"])
            let whole = PixelWindow(x: 0, y: 0, width: size.0, height: size.1)
            let expected = try Raster(opening: other).window(whole, emptiness: .standard).pixels.bytes
            let scaled = try raster.scaled(side, width: size.0, height: size.1).bytes
            let worst = zip(scaled, expected).map { abs(Int($0) - Int($1)) }.max()
            #expect(worst.map { $0 <= 1 } == true, "\(worst ?? 256)")
        }
    }

    /// An overview that is another picture than the raster shows that it is read.
    @Test func overviewsAreUsed() throws {
        for (name, side, value) in [("large", 128, UInt8(200)), ("small", 32, 77)] {
            let pixels = [UInt8](repeating: value, count: side * side)
            let raw = try scene.raw(name, width: side, height: side, bands: 1, type: 1, bytes: pixels)
            try scene.translate(raw, name + ".tif")
        }
        let path = try scene.write(
            "a.vrt",
            """
            <VRTDataset rasterXSize="128" rasterYSize="128"><VRTRasterBand dataType="Byte" band="1">
            <ColorInterp>Gray</ColorInterp>
            <SimpleSource><SourceFilename relativeToVRT="1">large.tif</SourceFilename></SimpleSource>
            <Overview><SourceFilename relativeToVRT="1">small.tif</SourceFilename><SourceBand>1</SourceBand></Overview>
            </VRTRasterBand></VRTDataset>
            """)
        let raster = try Raster(opening: path)
        let whole = PixelWindow(x: 0, y: 0, width: 128, height: 128)
        #expect(try raster.scaled(whole, width: 128, height: 128).bytes.allSatisfy { $0 == 200 })
        #expect(try raster.scaled(whole, width: 16, height: 16).bytes.allSatisfy { $0 == 77 })
    }

    @Test func windowsOutsideAreRefused() throws {
        let raster = try raster(width: 90, height: 60, "-co BLOCKYSIZE=8")
        for (x, y, width, height) in [
            (-1, 0, 10, 10), (0, -1, 10, 10), (0, 0, 0, 10), (0, 0, 10, -5), (81, 0, 10, 10), (0, 51, 10, 10),
            (0, 0, 91, 10), (.max, 0, 10, 10), (5, 5, .max, .max), (.min, .min, 1, 1),
        ] {
            let window = PixelWindow(x: x, y: y, width: width, height: height)
            let error = RasterError.windowOutside(window, width: 90, height: 60)
            #expect(throws: error) { try raster.window(window, emptiness: .standard) }
            #expect(throws: error) { try raster.scaled(window, width: 8, height: 8) }
        }
    }
}
