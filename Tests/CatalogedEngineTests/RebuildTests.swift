import CatalogedEngine
import EngineConformance
import SosiaCore
import Testing

/// A ledger that is lost is filled from the rows of the service.
struct RebuildTests {
    private static func filled(_ fixture: Fixture) async throws -> Engine {
        let engine = try fixture.engine()
        let ids = try await engine.commit(
            IngestUnit((1...30).map { try entry($0, attributes: ["n": .integer(Int64($0))]) })
        )
        .compactMap(\.id)
        _ = try await engine.commit(IngestUnit([entry(99, at: "/4.png"), entry(5, at: "/copy.png")]))
        _ = try await engine.update(ids[9], attributes: ["n": .null, "größe": .string("groß")])
        _ = try await engine.remove([ids[0], ids[29]])
        _ = try await engine.forget([file("/12.png")])
        return engine
    }

    /// Until no row is left that the ledger does not name.
    private static func compact(_ fixture: Fixture, _ engine: Engine) async throws {
        for _ in 0..<100 where try await fixture.named() != fixture.service.keys {
            _ = try await engine.compact { _, _ in }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func everythingComesBack(_ seed: UInt64) async throws {
        var fixture = Fixture(seed: seed)
        let engine = try await Self.filled(fixture)
        try await Self.compact(fixture, engine)
        let (records, vectors) = try await (
            engine.records(passing: nil, before: nil, limit: .max), engine.vectors(after: nil, limit: .max)
        )
        let sources = try await engine.sources(at: [file("/5.png"), file("/4.png"), file("/12.png")])

        fixture.ledger = MemoryVectorLedger(Fixture.description)
        let rebuilt = try await fixture.reopened()
        try await rebuilt.rebuild { _, _ in }
        #expect(try await rebuilt.records(passing: nil, before: nil, limit: .max) == records)
        #expect(try await rebuilt.vectors(after: nil, limit: .max) == vectors)
        #expect(try await rebuilt.sources(at: [file("/5.png"), file("/4.png"), file("/12.png")]) == sources)
        #expect(try await rebuilt.verify { _, _ in }.problems == [])
        let new = try await rebuilt.commit(IngestUnit([entry(500)])).compactMap(\.id)
        #expect(new.allSatisfy { id in !records.contains { $0.id == id } })
        #expect(try await rebuilt.commit(IngestUnit([entry(99, at: "/4.png")])) == [.touched(ImageID(rawValue: 4))])
        await #expect(throws: StoreError.self) { try await rebuilt.rebuild { _, _ in } }
    }

    /// Rows of a plan that was never committed cannot be told from others; but no committed picture is lost for them.
    @Test func straysHideNoCommittedPicture() async throws {
        var fixture = Fixture(seed: 4)
        let engine = try await Self.filled(fixture)
        try await Self.compact(fixture, engine)
        let records = try await engine.records(passing: nil, before: nil, limit: .max)
        let unit = try IngestUnit([entry(600), entry(700, at: "/copy.png"), entry(800, at: "/7.png")])
        let plan = try await fixture.ledger.plan(.commit(unit))
        // Half of it was written: the new pictures, and not what they leave of the old ones.
        try await fixture.service.upsert(
            try plan.rows.compactMap { row in
                guard case .given(let vector) = row.vector else { return nil }
                return try ServiceRow(key: row.key, embedding: Embedding(vector.values), picture: row.picture)
            })
        fixture.ledger = MemoryVectorLedger(Fixture.description)
        let rebuilt = try await fixture.reopened()
        try await rebuilt.rebuild { _, _ in }
        let now = try await rebuilt.records(passing: nil, before: nil, limit: .max)
        #expect(Set(records.map(\.id)).isSubset(of: now.map(\.id)))
        #expect(try await rebuilt.verify { _, _ in }.problems == [])
        for record in now where record.sources.contains(file("/5.png")) {
            #expect(record.sources == [file("/5.png")])
        }
    }

    @Test func tilesComeBackWithTheirFilesIncomplete() async throws {
        var fixture = Fixture()
        let engine = try fixture.engine()
        let facts = TileContainer.Facts(
            format: "GTiff", width: 512, height: 256, tiling: TileContainer.Tiling(tile: 256, stride: 256))
        let container = ContainerFile(
            path: "/map.tif", machine: EngineConformance.machine, kind: .raster,
            stamp: ImageSource.Stamp(size: 9, modified: 9), facts: facts)
        let id = try await engine.begin(container)
        let entries = try (0..<2).map { number in
            let tile = Tile(
                container: id, source: "/map.tif", machine: EngineConformance.machine,
                window: PixelWindow(x: number * 256, y: 0, width: 256, height: 256), outline: nil)
            let plain = try entry(number + 1)
            return IngestEntry(
                hash: plain.hash, source: ImageSource(location: tile.location, stamp: container.stamp),
                content: IngestEntry.Content(
                    embedding: try line(number), facts: PictureFacts(format: "png", width: 256, height: 256), tile: tile
                ),
                attributes: [:])
        }
        let outcomes = try await engine.commit(IngestUnit(entries))
        _ = try await engine.finish(container: id, isComplete: true, forgetting: [])
        let tiles = try await engine.tiles(of: id, after: nil, limit: 10)

        fixture.ledger = MemoryVectorLedger(Fixture.description)
        let rebuilt = try await fixture.reopened()
        try await rebuilt.rebuild { _, _ in }
        let found = try #require(try await rebuilt.container(at: "/map.tif", on: EngineConformance.machine))
        #expect(found.id == id)
        #expect(!found.isComplete)
        #expect(try await rebuilt.begin(container) == id)
        #expect(try await rebuilt.tiles(of: id, after: nil, limit: 10).map(\.window) == tiles.map(\.window))
        let again = try await rebuilt.commit(IngestUnit(entries))
        #expect(again.map(\.id) == outcomes.map(\.id))
    }
}
