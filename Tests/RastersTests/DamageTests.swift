import Foundation
import Rasters
import SosiaCore
import Testing

@Suite(.enabled(if: GDALTools.isInstalled, GDALTools.absence))
struct DamageTests {
    private static let side = 256
    private static let corner = PixelWindow(x: 0, y: 0, width: 32, height: 32)
    private let scene: Scene
    private let pixels = Scene.pixels(width: 256, height: 256)

    init() throws { scene = try Scene() }

    private func picture(_ name: String, _ arguments: String) throws -> String {
        let raw = try scene.raw("raw", width: Self.side, height: Self.side, bands: 3, type: 1, bytes: pixels)
        return try scene.translate(raw, name, ["-colorinterp", "red,green,blue"] + arguments.words)
    }

    private func damage(_ path: String, _ range: Range<Int>) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        for index in range.clamped(to: bytes.indices) { bytes[index] = 0xff }
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Where a block of a little-endian TIFF begins: its first table has the tag 324 with the offsets of all blocks.
    private func blockOffset(_ path: String, _ block: Int) throws -> Int {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        func number(_ at: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        let table = number(4, 4)
        let entries = (0..<number(table, 2)).map { table + 2 + $0 * 12 }
        let entry = try #require(entries.first { number($0, 2) == 324 })
        return number(number(entry + 8, 4) + block * 4, 4)
    }

    /// Each failed tile touches the one block that cannot be decoded; all others are as they were.
    @Test(arguments: ["DEFLATE", "LZW"])
    func oneBadBlockSpoilsOnlyItsTiles(compression: String) throws {
        let tiled = "-co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=64 -co COMPRESS=\(compression)"
        let path = try picture("a.tif", tiled)
        let offset = try blockOffset(path, 6)
        try damage(path, offset..<offset + 60)
        let raster = try Raster(opening: path)
        var bad: Set<Int> = []
        for index in 0..<16 {
            let window = PixelWindow(x: index % 4 * 64, y: index / 4 * 64, width: 64, height: 64)
            let result = Result { () throws(RasterError) in try raster.window(window, emptiness: .standard) }
            switch result {
            case .success(let read):
                #expect(read.pixels.bytes == Scene.cut(pixels, width: Self.side, window))
            case .failure(.corruptBlock(let named, let reason)):
                #expect(named == window && !reason.isEmpty && reason != "no reason given")
                bad.insert(index)
            case .failure(let error): Issue.record("\(error)")
            }
        }
        #expect(bad == [6])
        let plan = try TilePlan(width: Self.side, height: Self.side, tile: 48, stride: 16)
        var failures = 0
        for tile in raster.tiles(of: plan, emptiness: .standard) {
            let window = plan.window(at: tile.index)
            let rows = window.y / 64...(window.y + 47) / 64
            let columns = window.x / 64...(window.x + 47) / 64
            let touches = bad.contains { rows.contains($0 / 4) && columns.contains($0 % 4) }
            switch tile.result {
            case .success(let read):
                #expect(!touches)
                #expect(read.pixels.bytes == Scene.cut(pixels, width: Self.side, window))
            case .failure(.corruptBlock(let named, _)):
                #expect(touches && named == window)
                failures += 1
            case .failure(let error): Issue.record("\(error)")
            }
        }
        #expect(failures > 0 && failures < plan.count / 2)
    }

    /// What is before the end of a file that was cut off can be read, and nothing else is made up.
    @Test(arguments: [
        ("a.tif", "-co COMPRESS=DEFLATE -co BLOCKYSIZE=8"),
        ("b.tif", "-co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=64"),
        ("a.png", "-of PNG"), ("a.jpg", "-of JPEG"),
    ])
    func filesThatEndEarly(name: String, arguments: String) throws {
        let whole = try picture("whole-" + name, arguments)
        let bytes = try Data(contentsOf: URL(filePath: whole))
        let path = scene.path(name)
        try bytes.prefix(bytes.count * 2 / 3).write(to: URL(filePath: path))
        let plan = try TilePlan(width: Self.side, height: Self.side, tile: 32, stride: 16)
        let expected = try Raster(opening: whole).tiles(of: plan, emptiness: .standard).map { try $0.result.get() }
        let raster = try Raster(opening: path)
        for _ in 0..<2 {
            var good = 0
            for tile in raster.tiles(of: plan, emptiness: .standard) {
                switch tile.result {
                case .success(let read):
                    #expect(read == expected[tile.index])
                    good += 1
                case .failure(.corruptBlock(let window, _)): #expect(window == plan.window(at: tile.index))
                case .failure(let error): Issue.record("\(error)")
                }
            }
            #expect(good > 0 && good < plan.count)
        }
        let last = PixelWindow(x: 200, y: 200, width: 56, height: 56)
        for _ in 0..<2 {
            #expect(throws: RasterError.self) { try raster.window(last, emptiness: .standard) }
            _ = try raster.window(Self.corner, emptiness: .standard)
        }
    }

    /// No cut and no change of a byte crashes, whatever it gives.
    @Test func mutationsAreErrorsOrPixels() throws {
        var generator = SplitMix(seed: 17)
        let path = try picture("a.tif", "-co TILED=YES -co BLOCKXSIZE=64 -co BLOCKYSIZE=64 -co COMPRESS=DEFLATE")
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        for round in 0..<100 {
            var mutated = bytes
            // The header and the tables at both ends.
            for _ in 0..<4 {
                let near = Int.random(in: 0..<500, using: &generator)
                mutated[Bool.random(using: &generator) ? near : bytes.count - 1 - near] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if round % 10 == 0 { mutated = Array(mutated.prefix(Int.random(in: 0..<bytes.count, using: &generator))) }
            let changed = scene.path("mutated-\(round).tif")
            try Data(mutated).write(to: URL(filePath: changed))
            guard let raster = try? Raster(opening: changed) else { continue }
            let side = min(raster.facts.width, raster.facts.height, 64)
            _ = try? raster.window(PixelWindow(x: 0, y: 0, width: side, height: side), emptiness: .standard)
            _ = raster.outline(of: PixelWindow(x: 0, y: 0, width: side, height: side))
        }
    }

    @Test func whatIsNoRasterIsSaidToBe() throws {
        for (name, text) in [("empty.tif", ""), ("text.tif", "not a picture"), ("half.vrt", "<VRTDataset")] {
            let path = try scene.write(name, text)
            do {
                _ = try Raster(opening: path)
                Issue.record("\(name) was opened")
            } catch .unreadable(let named, let reason) {
                #expect(named == path && reason != "no reason given")
            }
        }
        #expect(throws: RasterError.missing(path: scene.path("nothing.tif"))) {
            try Raster(opening: scene.path("nothing.tif"))
        }
        #expect(throws: RasterError.missing(path: "")) { try Raster(opening: "") }
        let folder = scene.folder.path
        #expect(throws: RasterError.refused(path: folder, reason: "it is not a file")) { try Raster(opening: folder) }
        #expect(throws: RasterError.refused(path: "/dev/null", reason: "it is not a file")) {
            try Raster(opening: "/dev/null")
        }
    }

    /// A block is decoded as a whole, so there is a size at which none is.
    @Test func blocksThatDoNotFitAreRefused() throws {
        let tiles = "-co TILED=YES -co BLOCKXSIZE=16384 -co BLOCKYSIZE=16384 -co SPARSE_OK=YES".words
        let path = scene.path("blocks.tif")
        try GDALTools.run("gdal_create", "-q -outsize 20000 20000 -bands 3 -ot Byte".words + tiles + [path])
        let reason = "its blocks of 16384 x 16384 pixels are too large, smaller tiles are needed"
        #expect(throws: RasterError.unreadable(path: path, reason: reason)) { try Raster(opening: path) }
    }

    @Test func partsOfAMosaicThatChangeOrVanish() throws {
        let part = try picture("part.tif", "-a_ullr 0 0 256 -256")
        let mosaic = scene.path("mosaic.vrt")
        try GDALTools.run("gdalbuildvrt", ["-q", mosaic, part])
        let raster = try Raster(opening: mosaic)
        _ = try raster.window(Self.corner, emptiness: .standard)
        // A program that looks at the mosaic leaves its statistics behind.
        _ = try scene.write("part.tif.aux.xml", "<PAMDataset/>")
        _ = try raster.window(Self.corner, emptiness: .standard)
        let bytes = try Data(contentsOf: URL(filePath: part))
        try FileManager.default.removeItem(atPath: part)
        #expect(throws: RasterError.vanished(path: part)) { try raster.window(Self.corner, emptiness: .standard) }
        try (bytes + Data([0])).write(to: URL(filePath: part))
        #expect(throws: RasterError.changed(path: part)) { try raster.window(Self.corner, emptiness: .standard) }
        #expect(throws: Never.self) { try Raster(opening: mosaic).window(Self.corner, emptiness: .standard) }
    }

    @Test func filesThatChangeOrVanish() throws {
        let plan = try TilePlan(width: Self.side, height: Self.side, tile: 64, stride: 64)
        let path = try picture("a.tif", "")
        let raster = try Raster(opening: path)
        let tiles = raster.tiles(of: plan, emptiness: .standard)
        #expect(throws: Never.self) { try tiles.next()?.result.get() }
        let bytes = try Data(contentsOf: URL(filePath: path))
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: RasterError.vanished(path: path)) { try raster.window(Self.corner, emptiness: .standard) }
        #expect(throws: RasterError.vanished(path: path)) { try raster.scaled(Self.corner, width: 8, height: 8) }
        // The strip in hand is finished; the next row of tiles is not begun.
        for index in 1..<plan.count {
            let result = try #require(tiles.next()).result
            if index < plan.columns {
                #expect(throws: Never.self) { try result.get() }
            } else {
                #expect(throws: RasterError.vanished(path: path)) { try result.get() }
            }
        }
        try (bytes + Data([0])).write(to: URL(filePath: path))
        #expect(throws: RasterError.changed(path: path)) { try raster.window(Self.corner, emptiness: .standard) }
        #expect(throws: Never.self) { try Raster(opening: path).window(Self.corner, emptiness: .standard) }
    }
}
