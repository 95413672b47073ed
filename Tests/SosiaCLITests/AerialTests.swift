import Foundation
import Testing

/// Rasters of one place from three years.
enum Aerial {
    static let folder = Sosia.root.deletingLastPathComponent().appendingPathComponent("shared/data/aerial/naip").path
    static let years = ["20090818", "20150926", "20200831"]
    static let hasRasters = FileManager.default.fileExists(atPath: raster(years[0]))

    static func raster(_ year: String) -> String { "\(folder)/m_4709963_se_14_1_\(year).tif" }
}

@Suite(
    .enabled(if: Sosia.hasModel, "the network is not installed: run ./test.sh"),
    .enabled(if: Aerial.hasRasters, "the test rasters are absent: ../shared/data/aerial"))
struct AerialTests {
    private struct Tile: Hashable {
        let x: Int
        let y: Int

        init(_ json: Any?) throws {
            let tile = try #require(json as? [String: Any])
            let window = try #require(tile["window"] as? [String: Int])
            x = try #require(window["x"])
            y = try #require(window["y"])
        }
    }

    @Test func theSamePlaceIsFoundInAnotherYear() throws {
        let sosia = try Sosia()
        for year in Aerial.years {
            let added = try sosia.run("add", "--tiles", Aerial.raster(year), "--set", "taken=\(year)")
            #expect(added.status == 0, "\(added.errors)")
            #expect(added.output.hasPrefix("24 added"))
        }
        var found = 0
        // Six by four tiles a year; those of 2015 are numbered behind those of 2009.
        for id in 25...48 {
            let own = try Tile(sosia.run("show", "\(id)", "--json").json()["tile"])
            let search = try sosia.run(
                "search", "id:\(id)", "-k", "5", "--exact", "--overlaps", "keep", "--where", "taken != 20150926",
                "--json")
            let hits = try #require(try search.json()["hits"] as? [[String: Any]])
            #expect(hits.count == 5)
            if try hits.contains(where: { try Tile($0["tile"]) == own }) { found += 1 }
        }
        // Two of the 48 tiles of the other years show the place: chance would give one in five.
        #expect(found >= 12, "\(found) of 24")
    }

    @Test func theRasterLiesWhereItWasTaken() throws {
        let sosia = try Sosia()
        _ = try sosia.run("add", "--tiles", "--stride", "256", Aerial.raster(Aerial.years[1]))
        let inside = try sosia.run("search", "id:1", "--within", "-99.2,47.0,-99.1,47.05")
        #expect(inside.lines.count == 5)
        #expect(try sosia.run("search", "id:1", "--within", "-99.1,47.0,-99.0,47.05").lines.isEmpty)
    }
}
