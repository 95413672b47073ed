@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// How often the engine is asked: every call may be a way over a network.
@Suite(.everyEngine) struct EngineCallTests {
    let folder: TemporaryFolder
    let engine: CountingEngine
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        let embedder = GridEmbedder()
        let collection = try await CollectionOpener.current.create(
            StoreAddress(folder: folder.path + "/a.sosia"),
            CollectionDescription(model: embedder.identity, machine: .host), CollectionOpener.Options())
        engine = CountingEngine(collection.engine)
        store = Store(engine: engine, embedder: embedder)
    }

    @Test func aThousandNewFilesAreFewCalls() async throws {
        for number in 0..<1_000 { try folder.write(picture(number, side: 4), to: "photos/\(number).jpg") }
        let report = try await store.add([folder.path + "/photos"])
        #expect(report.added + report.duplicates == 1_000)
        #expect(engine.byName["commit"] == 8)
        #expect(engine.byName["known"] == 16)
        #expect(engine.byName["sources"] == 2)
        #expect(engine.total <= 40)
        engine.reset()
        #expect(try await store.add([folder.path + "/photos"]).unchanged == 1_000)
        #expect(engine.byName == ["settings": 1, "sources": 2])
    }

    @Test func aSearchWithItsPageOfHitsIsOneCall() async throws {
        for number in 0..<20 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await store.add([folder.path + "/photos"])
        engine.reset()
        #expect(try await store.search(ImageID(rawValue: 1), k: 10).hits.count == 10)
        #expect(try await store.search(picture(5), k: 10).hits.count == 10)
        #expect(engine.byName == ["search": 2])
    }

    @Test func soIsOneWithTilesBehindTheFirst() async throws {
        try folder.write(Array("144 144 1".utf8), to: "a.fake")
        let file = TileFile(
            path: folder.path + "/a.fake", kind: .raster, tiling: TileContainer.Tiling(tile: 32, stride: 16))
        _ = try await store.add(
            [file], options: IngestOptions(), open: { file throws(TileError) in try FakeTiles(file) })
        engine.reset()
        let first = try await store.search(ImageID(rawValue: 1), k: 3).hits
        #expect(first.count == 3)
        // That there are tiles was found out with a second call.
        #expect(engine.byName == ["search": 2])
        engine.reset()
        #expect(try await store.search(ImageID(rawValue: 1), k: 3).hits == first)
        #expect(engine.byName == ["search": 1])
    }

    @Test func whatIsKnownOfTheTilesOfAChangedFileIsAskedInGroups() async throws {
        let path = folder.path + "/a.fake"
        func add() async throws -> IngestReport {
            let file = TileFile(path: path, kind: .raster, tiling: TileContainer.Tiling(tile: 32, stride: 16))
            return try await store.add(
                [file], options: IngestOptions(), open: { file throws(TileError) in try FakeTiles(file) })
        }
        try folder.write(Array("144 144 1".utf8), to: "a.fake")
        #expect(try await add().added == 64)
        try folder.write(Array("144 144 1 ".utf8), to: "a.fake")
        engine.reset()
        let again = try await add()
        #expect((again.added, again.unchanged) == (0, 64))
        #expect(engine.byName["known"] == 1)
    }
}
