import Foundation
@testable import Catalog
import SosiaCore
import Testing

/// Tiles and containers in the catalog.
final class TileTests {
    private let path = FileManager.default.temporaryDirectory.path + "/catalog-\(UUID().uuidString).sqlite"
    private let catalog: Catalog
    private let stamp = ImageSource.Stamp(size: 10, modified: 20)

    init() throws {
        catalog = try Catalog(path: path, access: .create)
        try catalog.create(
            model: ModelIdentity(
                name: "m", weightsSHA256: "00", precision: .f32, descriptor: .init(pooling: .none), dimension: 4,
                metric: .l2))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    private func facts(share: Double = 0.5, stride: Int = 8) -> TileContainer.Facts {
        TileContainer.Facts(
            format: "gtiff", width: 100, height: 50, bands: ["red", "green", "blue", "other"], isGeoreferenced: true,
            projection: "NAD83 / UTM zone 14N",
            tiling: TileContainer.Tiling(tile: 16, stride: stride, emptyShare: share, emptiness: ["black"]))
    }

    private func begin(_ path: String, share: Double = 0.5) throws -> Int64 {
        try catalog.begin(path, kind: .raster, stamp: stamp, facts: facts(share: share))
    }

    @discardableResult
    private func add(_ numbers: [Int], of source: String, container: Int64, outline: GeoPolygon? = nil) throws
        -> [CatalogOutcome]
    {
        try catalog.upsert(
            numbers.map { number in
                let window = PixelWindow(x: number * 8, y: 0, width: 16, height: 16)
                let bytes = [UInt8(container), UInt8(number)] + [UInt8](repeating: 0, count: 30)
                return CatalogEntry(
                    hash: try #require(ContentHash(bytes: bytes)),
                    source: ImageSource(
                        location: TileLocation(container: container, window: window).description, stamp: stamp),
                    attributes: [:],
                    content: .init(
                        facts: PictureFacts(format: "gtiff", width: 16, height: 16), checksum: 0,
                        tile: Tile(source: source, window: window, outline: outline)))
            }
        ) { _, _ in }
    }

    @Test func aTileIsReadBackAsItWasWritten() throws {
        let id = try begin("/a.tif")
        let outline = GeoPolygon(rings: [
            [
                GeoPoint(longitude: -180, latitude: 1e-9), GeoPoint(longitude: 0.1 + 0.2, latitude: -89.999_999_999),
                GeoPoint(longitude: 181.5, latitude: 3),
            ], [GeoPoint(longitude: 1e22, latitude: 2)],
        ])
        try add([3], of: "/a.tif", container: id, outline: outline)
        let tile = try #require(try catalog.records([ImageID(rawValue: 1)]).first?.tile)
        #expect(
            tile == Tile(source: "/a.tif", window: PixelWindow(x: 24, y: 0, width: 16, height: 16), outline: outline))
        #expect(try catalog.records(before: nil, limit: 5).first?.tile == tile)
        #expect(try catalog.update(ImageID(rawValue: 1), attributes: ["a": .bool(true)])?.tile == tile)
        #expect(try catalog.problems().isEmpty)
    }

    @Test func aTileOfAnUnknownFileIsRefused() throws {
        #expect(throws: CatalogError.self) { try add([1], of: "/none.tif", container: 9) }
        #expect(try catalog.count() == 0)
    }

    @Test func aContainerRemembersItsFactsAndKeepsItsNumber() throws {
        let id = try begin("/a.tif")
        #expect(try begin("/b.tif") != id)
        #expect(try begin("/a.tif") == id)
        let container = try #require(try catalog.container(at: "/a.tif"))
        #expect(container.facts == facts())
        #expect(container.stamp == stamp)
        #expect(!container.isComplete)
        _ = try catalog.finish(container: id, isComplete: true) { _, _ in true }
        #expect(try catalog.container(at: "/a.tif")?.isComplete == true)
        try catalog.move(container: id, to: "/maps/a.tif")
        #expect(try catalog.containers(under: "/maps").map(\.id) == [id])
        #expect(try catalog.containers(under: "/map").isEmpty)
    }

    @Test func finishingForgetsWhatIsNotKept() throws {
        let id = try begin("/a.tif")
        try add([0, 1, 2, 3], of: "/a.tif", container: id)
        let removed = try catalog.finish(container: id, isComplete: true) { window, isCurrent in
            #expect(isCurrent)
            return window.x % 16 == 0
        }
        #expect(removed == 2)
        #expect(try catalog.count() == 2)
        #expect(try catalog.slotProblems().isEmpty)
        #expect(try catalog.problems().isEmpty)
    }

    @Test func anotherRuleOfEmptinessTakesTheStampsAway() throws {
        let id = try begin("/a.tif")
        try add([0], of: "/a.tif", container: id)
        _ = try begin("/a.tif")
        #expect(try catalog.sources(["tile:1/0,0,16,16"]).first??.stamp == stamp)
        _ = try begin("/a.tif", share: 0.4)
        #expect(try catalog.sources(["tile:1/0,0,16,16"]).first??.stamp == nil)
        _ = try catalog.finish(container: id, isComplete: true) { _, isCurrent in
            #expect(!isCurrent)
            return true
        }
    }

    @Test func aContainerGoesWithItsTilesAndNoOthers() throws {
        for name in ["/a.tif", "/b.tif"] { try add([0, 1], of: name, container: try begin(name)) }
        for number in 3...10 { _ = try begin("/\(number)") }
        try add([5], of: "/10", container: 10)
        // A number that begins with another one.
        #expect(try catalog.forget(containers: [1]) == 2)
        #expect(try catalog.containers().map(\.path).contains("/b.tif"))
        #expect(try catalog.count() == 3)
        #expect(try catalog.slotProblems().isEmpty)
        #expect(try catalog.problems().isEmpty)
    }

    @Test func aTileThatGoesLeavesItsContainerIncomplete() throws {
        let id = try begin("/a.tif")
        try add([0, 1], of: "/a.tif", container: id)
        _ = try catalog.finish(container: id, isComplete: true) { _, _ in true }
        _ = try catalog.remove([ImageID(rawValue: 1)])
        #expect(try catalog.container(at: "/a.tif")?.isComplete == false)
        #expect(try catalog.tileCount(of: id) == 1)
        #expect(try catalog.tileCounts() == [id: 1])
    }

    @Test func pathsAndTilesAreNotMistakenForEachOther() throws {
        try add([0], of: "/a.tif", container: try begin("/a.tif"))
        #expect(try catalog.locations(under: "/").isEmpty)
        #expect(try catalog.uploads(scheme: "upload:").isEmpty)
    }

    @Test func aCatalogWithoutTilesIsReadAndMigrated() throws {
        try add([0], of: "/a.tif", container: try begin("/a.tif"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "sqlite3", path,
            """
            DROP TABLE tile; DROP TABLE container; UPDATE source SET location = '/a.jpg';
            DELETE FROM grdb_migrations WHERE identifier LIKE '3 %'
            """,
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let reader = try Catalog(path: path, access: .read)
        #expect(try reader.containers().isEmpty)
        #expect(try reader.container(at: "/a.tif") == nil)
        #expect(try reader.container(1) == nil)
        #expect(try reader.rasterNumbers(of: ["/a.tif"]).isEmpty)
        #expect(try reader.tileCounts().isEmpty)
        #expect(try !reader.hasRasterTiles())
        #expect(try reader.records([ImageID(rawValue: 1)]).map(\.tile) == [nil])
        let writer = try Catalog(path: path, access: .write)
        #expect(try writer.begin("/b.tif", kind: .tiny, stamp: stamp, facts: facts()) == 1)
        #expect(try reader.containers().map(\.kind) == [.tiny])
        #expect(try reader.container(1)?.path == "/b.tif")
        // Files of tiny images are no rasters.
        #expect(try reader.rasterNumbers(of: ["/b.tif"]).isEmpty)
        _ = try writer.begin("/c.tif", kind: .raster, stamp: stamp, facts: facts())
        #expect(try reader.rasterNumbers(of: ["/b.tif", "/c.tif", "/d.tif"]) == ["/c.tif": 2])
    }

    /// As a version would see it that knows nothing of tiles.
    @Test func aVersionThatKnowsNoTilesLeavesThemAlone() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", path, "INSERT INTO grdb_migrations VALUES ('4 something later')"]
        try process.run()
        process.waitUntilExit()
        #expect(throws: CatalogError.newerVersion(path: path)) { try Catalog(path: path, access: .read) }
        #expect(throws: CatalogError.newerVersion(path: path)) { try Catalog(path: path, access: .write) }
    }
}
