import Foundation
import Testing

/// `sosia add --tiles` and what follows, on rasters written by hand.
@Suite(.enabled(if: Sosia.hasModel, "the network is not installed: run ./test.sh"))
struct TileCommandTests {
    let sosia: Sosia
    let models: [String: String]
    var raster: String { sosia.folder.path + "/a.tif" }

    init() throws {
        sosia = try Sosia()
        models = try sosia.addTinyModel()
    }

    private func write(_ raster: GeoTIFF, to name: String = "a.tif") throws {
        try sosia.folder.write(raster.bytes, to: name)
    }

    private func run(_ arguments: String...) throws -> Sosia.Result { try run(arguments) }

    private func add(_ more: String...) throws -> Sosia.Result {
        let process = ["add", "--model", "tiny", "--tiles", "32", "--stride", "16", raster] + more
        return try run(process)
    }

    private func run(_ arguments: [String]) throws -> Sosia.Result {
        try sosia.run(arguments, environment: models)
    }

    @Test func aRasterIsAddedSearchedAndRemoved() throws {
        try write(GeoTIFF(width: 100, height: 70, origin: (10, 50)))
        let added = try add()
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.errors == "")
        #expect(added.output.hasPrefix("15 added in"))
        let again = try add()
        #expect(again.output.hasPrefix("15 unchanged in"))

        let lines = try run("search", "id:1", "-k", "3").lines.map { $0.split(separator: "\t").map(String.init) }
        #expect(lines.count == 3)
        let window = try #require(lines.first?[2].split(separator: "#").last?.split(separator: ",").map { Double($0) })
        #expect(lines[0][2].hasPrefix(raster + "#"))
        #expect(lines[0][3] == String(format: "%.6f", 10 + ((window[0] ?? 0) + 16) / 1000))
        #expect(lines[0][4] == String(format: "%.6f", 50 - ((window[1] ?? 0) + 16) / 1000))

        let hits = try #require(try run("search", "id:1", "-k", "99", "--json").json()["hits"] as? [[String: Any]])
        #expect(hits.allSatisfy { $0["path"] as? String == raster })
        let tile = try #require(hits.first?["tile"] as? [String: Any])
        #expect((tile["outline"] as? [[Double]])?.count == 4)
        #expect(Set((tile["window"] as? [String: Int] ?? [:]).keys) == ["x", "y", "width", "height"])
        let all = try run("search", "id:1", "-k", "99", "--overlaps", "keep")
        #expect(all.lines.count == 14)
        #expect(hits.count < 10)

        let status = try run("status").output
        #expect(status.contains("\(raster)\t100 x 70, 15 tiles of 32 every 16, WGS 84"))
        #expect(try run("show", "15").output.contains("path\t\(raster)#64,32,32,32\n"))
        #expect(try run("remove", raster).output == "15 removed\n")
        #expect(try run("status").output.contains("pictures\t0\n"))
        #expect(try run("verify").status == 0)
    }

    @Test func hitsAreLookedForInAnAreaAndWrittenAsGeoJSON() throws {
        try write(GeoTIFF(width: 96, height: 64, origin: (179.952, 10)))
        _ = try add()
        let file = sosia.folder.path + "/hits.geojson"
        let found = try run("search", "id:1", "-k", "99", "--overlaps", "keep", "--geojson", file)
        #expect(found.status == 0, "\(found.errors)")
        let collection = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file))) as? [String: Any])
        #expect(collection["type"] as? String == "FeatureCollection")
        let features = try #require(collection["features"] as? [[String: Any]])
        #expect(features.count == 14)
        let kinds = features.compactMap { ($0["geometry"] as? [String: Any])?["type"] as? String }
        // Columns at 32 and 48 lie on both sides of the antimeridian, which is at pixel 48; 16 ends and 48 begins there.
        #expect(kinds.count { $0 == "MultiPolygon" } == 3)
        #expect(kinds.count { $0 == "Polygon" } == 11)
        let properties = try #require(features.first?["properties"] as? [String: Any])
        #expect(properties["source"] as? String == raster)
        #expect(properties["distance"] is Double)
        #expect((properties["window"] as? String)?.hasSuffix(",32,32") == true)

        let east = try run("search", "id:1", "-k", "99", "--overlaps", "keep", "--within", "-180,0,-170,20")
        let box = try run("search", "id:1", "-k", "99", "--overlaps", "keep", "--within", "179.9,0,-179.9,20")
        #expect(box.lines.count == 14)
        #expect(east.lines.count == 9)
        try sosia.folder.write(
            Array(#"{"type":"Polygon","coordinates":[[[-180,0],[-170,0],[-170,20],[-180,20],[-180,0]]]}"#.utf8),
            to: "area.geojson")
        let polygon = try run(
            "search", "id:1", "-k", "99", "--overlaps", "keep", "--within", sosia.folder.path + "/area.geojson")
        #expect(polygon.output == east.output)
        let text = try run("search", "id:1", "-k", "99", "--overlaps", "keep", "--where", "within(-180, 0, -170, 20)")
        #expect(text.output == east.output)
        let standard = try run("search", "id:1", "-k", "1", "--geojson", "-")
        #expect(standard.output.hasPrefix("{\"features\":["))
        #expect(try run("search", "id:1", "--within", "1,2,3").status == 1)
        #expect(try run("search", "id:1", "--within", "1,2,3,99").status == 2)
    }

    @Test func whatCannotBeReadIsNamed() throws {
        try write(GeoTIFF(width: 96, height: 96, lostRows: 40..<41, blackColumns: 20))
        let added = try add()
        #expect(added.status == 3)
        #expect(added.errors.contains("note: \(raster): it has no georeference"))
        #expect(added.errors.contains("skipped \(raster)#16,16,32,32: "))
        // Two of five rows of tiles hold row 40; of the others the first column is black to more than a half.
        #expect(added.errors.split(separator: "\n").count { $0.hasPrefix("skipped") } == 10)
        #expect(added.output.contains("3 dropped as empty"))
        #expect(added.output.hasPrefix("12 added"))
        let json = try run("add", "--tiles", "32", "--stride", "16", raster, "--json").json()
        #expect(json["dropped"] as? Int == 3)
        #expect((json["skipped"] as? [[String: Any]])?.count == 10)
        #expect(try run("verify").status == 0)
        #expect(try run("status").output.contains("does not have all of its tiles"))

        for (arguments, word) in [
            (["--tiles", "32", "--stride", "0"], "stride of 0"), (["--tiles", "0"], "tile of 0"),
            (["--tiles", "--empty", "pink"], "pink"), (["--stride", "3"], "go with --tiles"),
        ] {
            let result = try run(["add", raster] + arguments)
            #expect(result.status == 2)
            #expect(result.errors.contains(word), "\(result.errors)")
        }
        let large = try run("add", "--tiles", "128", raster)
        #expect(large.status == 3)
        #expect(large.errors.contains("96 x 96"))
        let nonsense = sosia.folder.path + "/x.tif"
        try sosia.folder.write(Array("no".utf8), to: "x.tif")
        #expect(try run("add", "--tiles", nonsense).status == 3)
    }

    @Test func aRasterThatChangedOrIsGoneIsSaidSo() throws {
        try write(GeoTIFF(width: 64, height: 64, origin: (10, 50)))
        _ = try add()
        try write(GeoTIFF(width: 96, height: 64, origin: (10, 50)))
        #expect(try run("verify").output.contains("has changed since its tiles were added"))
        #expect(try run("status").output.contains("has changed since"))
        let region = try run("search", "id:1", "--region", "0,0,9,9")
        #expect(region.status == 1)
        #expect(region.errors.contains("has changed"))
        let again = try add()
        #expect(again.output.hasPrefix("6 added, 9 unchanged"), "\(again.output)")
        #expect(try run("verify").status == 0)
        try FileManager.default.removeItem(atPath: raster)
        #expect(try run("status").output.contains("is gone"))
        #expect(try run("search", "id:1", "-k", "1").status == 0)
    }

    @Test func killedAtAnyMomentNoTileIsLostOrDoubled() throws {
        try write(GeoTIFF(width: 400, height: 400, origin: (10, 50)))
        for wait in [20, 60, 100, 140, 180, 220, 260] {
            let process = sosia.process(
                ["add", "--model", "tiny", "--tiles", "32", "--stride", "8", raster], environment: models)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            usleep(UInt32(wait) * 1_000)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let added = try run("add", "--model", "tiny", "--tiles", "32", "--stride", "8", raster)
        #expect(added.status == 0, "\(added.errors)")
        #expect(try run("status").output.contains("pictures\t\(47 * 47)\n"))
        #expect(try run("verify").status == 0)
        #expect(try run("add", "--tiles", "32", "--stride", "8", raster).output.hasPrefix("\(47 * 47) unchanged"))
    }

    @Test func tilesAreShownOnASheet() throws {
        try write(GeoTIFF(width: 64, height: 64))
        _ = try add()
        let sheet = sosia.folder.path + "/sheet.jpg"
        #expect(try run("search", "id:1", "--sheet", sheet).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: sheet)).starts(with: [0xff, 0xd8]))
    }
}
