import Foundation
@testable import Catalog
import SosiaCore
import Testing

/// Tiles and containers in the catalog.
final class TileTests {
    private let fixture: CatalogFixture
    private var catalog: Catalog { fixture.catalog }
    private var path: String { fixture.path }
    private let stamp = ImageSource.Stamp(size: 10, modified: 20)

    init() throws {
        fixture = try CatalogFixture()
    }

    private func facts(share: Double = 0.5, stride: Int = 8, blackLevel: UInt8? = nil) -> TileContainer.Facts {
        TileContainer.Facts(
            format: "gtiff", width: 100, height: 50, bands: ["red", "green", "blue", "other"], isGeoreferenced: true,
            projection: "NAD83 / UTM zone 14N",
            tiling: TileContainer.Tiling(
                tile: 16, stride: stride, emptyShare: share, emptiness: ["black"], blackLevel: blackLevel))
    }

    private func begin(_ path: String, share: Double = 0.5, blackLevel: UInt8? = nil) throws -> Int64 {
        try catalog.begin(file(path, facts: facts(share: share, blackLevel: blackLevel)))
    }

    private func file(
        _ path: String, kind: TileContainer.Kind = .raster, facts: TileContainer.Facts? = nil
    ) -> ContainerFile {
        ContainerFile(
            path: path, machine: CatalogFixture.home, kind: kind, stamp: stamp, facts: facts ?? self.facts())
    }

    private func container(at path: String) throws -> TileContainer? {
        try catalog.container(at: path, on: CatalogFixture.home)
    }

    private func tile(_ number: Int, of container: Int64) -> SosiaCore.SourceLocation {
        .tile(TileLocation(container: container, window: Self.window(number)))
    }

    private static func window(_ number: Int) -> PixelWindow {
        PixelWindow(x: number * 8, y: 0, width: 16, height: 16)
    }

    @discardableResult
    private func add(_ numbers: [Int], of source: String, container: Int64, outline: GeoPolygon? = nil) throws
        -> [IngestOutcome]
    {
        try catalog.commit(
            numbers.map { number in
                let bytes = [UInt8(container), UInt8(number)] + [UInt8](repeating: 0, count: 30)
                return IngestEntry(
                    hash: try #require(ContentHash(bytes: bytes)),
                    source: ImageSource(location: tile(number, of: container), stamp: stamp),
                    content: try .init(
                        PictureFacts(format: "gtiff", width: 16, height: 16),
                        tile: Tile(
                            container: container, source: source, machine: CatalogFixture.home,
                            window: Self.window(number), outline: outline)))
            })
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
            tile
                == Tile(
                    container: id, source: "/a.tif", machine: CatalogFixture.home, window: Self.window(3),
                    outline: outline))
        #expect(try catalog.records(before: nil, limit: 5).records.first?.tile == tile)
        #expect(try catalog.update(ImageID(rawValue: 1), attributes: ["a": .bool(true)])?.tile == tile)
        #expect(try catalog.problems().isEmpty)
    }

    @Test func aTileOfAnUnknownFileIsRefused() throws {
        #expect(throws: StoreError.self) { try add([1], of: "/none.tif", container: 9) }
        #expect(try catalog.count() == 0)
    }

    @Test func aContainerRemembersItsFactsAndKeepsItsNumber() throws {
        let id = try begin("/a.tif")
        #expect(try begin("/b.tif") != id)
        #expect(try begin("/a.tif") == id)
        let known = try #require(try container(at: "/a.tif"))
        #expect(known.facts == facts())
        #expect(known.stamp == stamp)
        #expect(!known.isComplete)
        #expect(try catalog.finish(container: id, isComplete: true, forgetting: []) == 0)
        #expect(try container(at: "/a.tif")?.isComplete == true)
        try catalog.move(container: id, to: "/maps/a.tif", on: CatalogFixture.home)
        #expect(try container(at: "/maps/a.tif")?.id == id)
        #expect(try container(at: "/a.tif") == nil)
        let other = MachineName(nearest: "other")
        #expect(try catalog.container(at: "/maps/a.tif", on: other) == nil)
        try catalog.move(container: id, to: "/maps/a.tif", on: other)
        #expect(try catalog.container(id)?.machine == other)
    }

    @Test func finishingForgetsWhatIsNotKept() throws {
        let id = try begin("/a.tif")
        try add([0, 1, 2, 3], of: "/a.tif", container: id)
        let tiles = try catalog.tiles(of: id, after: nil, limit: 10)
        #expect(tiles == (0...3).map { LedgerTile(window: Self.window($0), isCurrent: true) })
        #expect(try catalog.tiles(of: id, after: Self.window(1), limit: 1).map(\.window) == [Self.window(2)])
        let removed = try catalog.finish(
            container: id, isComplete: true, forgetting: [Self.window(1), Self.window(3), Self.window(7)])
        #expect(removed == 2)
        #expect(try catalog.count() == 2)
        #expect(try catalog.slotProblems().isEmpty)
        #expect(try catalog.problems().isEmpty)
    }

    @Test func anotherRuleOfEmptinessTakesTheStampsAway() throws {
        let id = try begin("/a.tif")
        try add([0], of: "/a.tif", container: id)
        _ = try begin("/a.tif")
        #expect(try catalog.sources(at: [tile(0, of: 1)]).first??.stamp == stamp)
        _ = try begin("/a.tif", share: 0.4)
        #expect(try catalog.sources(at: [tile(0, of: 1)]).first??.stamp == nil)
        #expect(try catalog.tiles(of: id, after: nil, limit: 10).map(\.isCurrent) == [false])
    }

    /// The level of black was a word of the rule: `level 3`.
    @Test func theRuleOfAnEarlierReleaseIsTheSameRule() throws {
        let id = try begin("/a.tif", blackLevel: 3)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "sqlite3", path,
            #"""
            UPDATE container SET facts = replace(replace(facts, '"blackLevel":3,', ''), '["black"]', '["black","level 3"]')
            """#,
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        try catalog.write { try Catalog.seal(container: id, $0) }
        let old = try #require(try catalog.container(id)?.facts.tiling)
        #expect(old.emptiness == ["black"])
        #expect(old.blackLevel == 3)
        try add([0], of: "/a.tif", container: id)
        _ = try begin("/a.tif", blackLevel: 3)
        #expect(try catalog.sources(at: [tile(0, of: 1)]).first??.stamp == stamp)
        _ = try begin("/a.tif", blackLevel: 4)
        #expect(try catalog.sources(at: [tile(0, of: 1)]).first??.stamp == nil)
    }

    @Test func aContainerGoesWithItsTilesAndNoOthers() throws {
        for name in ["/a.tif", "/b.tif"] { try add([0, 1], of: name, container: try begin(name)) }
        for number in 3...10 { _ = try begin("/\(number)") }
        try add([5], of: "/10", container: 10)
        // A number that begins with another one.
        #expect(try catalog.forget(containers: [1]) == 2)
        #expect(try catalog.containers(nil, after: nil, limit: 100).map(\.container.path).contains("/b.tif"))
        #expect(try catalog.count() == 3)
        #expect(try catalog.slotProblems().isEmpty)
        #expect(try catalog.problems().isEmpty)
    }

    @Test func aTileThatGoesLeavesItsContainerIncomplete() throws {
        let id = try begin("/a.tif")
        try add([0, 1], of: "/a.tif", container: id)
        #expect(try catalog.finish(container: id, isComplete: true, forgetting: []) == 0)
        _ = try catalog.remove([ImageID(rawValue: 1)])
        #expect(try container(at: "/a.tif")?.isComplete == false)
        #expect(try catalog.containers(.raster, after: nil, limit: 10).map(\.tiles) == [1])
    }

    @Test func pathsAndTilesAreNotMistakenForEachOther() throws {
        try add([0], of: "/a.tif", container: try begin("/a.tif"))
        #expect(try catalog.locations(below: "/", on: CatalogFixture.home, after: nil, limit: 10).isEmpty)
        #expect(try catalog.uploads(after: nil, limit: 10).isEmpty)
    }

    @Test func aCatalogWithoutTilesIsReadAndMigrated() throws {
        try add([0], of: "/a.tif", container: try begin("/a.tif"))
        try fixture.forgetMachines()
        try fixture.sqlite(
            """
            DROP TABLE tile; DROP TABLE container; UPDATE source SET location = '/a.jpg';
            DELETE FROM grdb_migrations WHERE identifier LIKE '3 %'
            """)
        let reader = try fixture.open(.read)
        func containers(_ kind: TileContainer.Kind? = nil) throws -> [CountedContainer] {
            try reader.containers(kind, after: nil, limit: 10)
        }
        #expect(try containers().isEmpty)
        #expect(try reader.container(at: "/a.tif", on: CatalogFixture.home) == nil)
        #expect(try reader.container(1) == nil)
        #expect(try reader.tiles(of: 1, after: nil, limit: 10).isEmpty)
        #expect(try reader.records([ImageID(rawValue: 1)]).map(\.tile) == [nil])
        let writer = try fixture.open(.write)
        #expect(try writer.begin(file("/b.tif", kind: .tiny)) == 1)
        #expect(try containers().map(\.container.kind) == [.tiny])
        #expect(try reader.container(1)?.path == "/b.tif")
        // Files of tiny images are no rasters.
        #expect(try containers(.raster).isEmpty)
        _ = try writer.begin(file("/c.tif"))
        #expect(try containers(.raster).map(\.container.id) == [2])
    }

    /// As a version would see it that knows nothing of what came later.
    @Test func aVersionThatKnowsLessLeavesACatalogAlone() throws {
        try fixture.sqlite("INSERT INTO grdb_migrations VALUES ('9 something later')")
        #expect(throws: StoreError.newerVersion(path: path)) { try fixture.open(.read) }
        #expect(throws: StoreError.newerVersion(path: path)) { try fixture.open(.write) }
    }
}
