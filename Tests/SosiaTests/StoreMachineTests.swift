import EngineConformance
import Foundation
@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// Two machines and one collection: nothing is concluded from another machine's disk.
struct StoreMachineTests {
    let folder: TemporaryFolder
    let here: Store
    let there: Store

    init() throws {
        folder = try TemporaryFolder()
        let embedder = GridEmbedder()
        let (one, two) = (try #require(MachineName("here")), try #require(MachineName("there")))
        let engine = MemoryEngine(CollectionDescription(model: embedder.identity, machine: one))
        here = Store(engine: engine, embedder: embedder, machine: one)
        there = Store(engine: engine, embedder: embedder, machine: two)
    }

    @Test func aFileOfAnotherMachineIsNeverGone() async throws {
        for number in 0..<4 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        let photos = folder.path + "/photos"
        #expect(try await there.add([photos]).added == 4)
        // The same bytes are seen here, and the files of the other machine are not on this disk any more.
        for number in 0..<4 { try folder.move("photos/\(number).jpg", to: "moved/\(number).jpg") }
        let report = try await here.add([folder.path + "/moved"])
        #expect(report.duplicates == 4 && report.moved == 0)
        var options = IngestOptions()
        (options.prune, options.force) = (true, true)
        #expect(try await here.add([photos], options: options).pruned == 0)
        #expect(try await here.remove(paths: [photos]) == 0)
        #expect(try await here.contains(path: photos) == false)
        #expect(try await there.contains(path: photos))
        #expect(try await here.record(ImageID(rawValue: 1)).sources.count == 2)
        // There it is known that they have gone.
        _ = try await there.add([photos], options: options)
        #expect(try await here.record(ImageID(rawValue: 1)).sources.count == 1)
        #expect(try await here.count() == 4)
    }

    @Test func aContainerOfAnotherMachineIsNeitherOpenedNorJudged() async throws {
        try folder.write(Array("64 32 7".utf8), to: "a.fake")
        let path = folder.path + "/a.fake"
        let file = TileFile(path: path, kind: .raster, tiling: TileContainer.Tiling(tile: 32, stride: 32))
        func add(to store: Store) async throws -> IngestReport {
            try await store.add(
                [file], options: IngestOptions(), open: { file throws(TileError) in try FakeTiles(file) })
        }
        #expect(try await add(to: there).added == 2)
        let tile = try #require(try await here.pictures(limit: 1).first?.tile)
        await #expect(throws: TileError.elsewhere(path: path, machine: there.machine)) {
            try await here.pixels(of: tile)
        }
        #expect(try await here.rasters(limit: 9).map(\.state) == [.elsewhere(there.machine)])
        // Under the same path lies another file here.
        #expect(try await add(to: here).added == 2)
        #expect(try await here.count() == 4)
        try folder.remove("a.fake")
        #expect(try await here.verify().problems == [.container(path: path, .missing)])
        #expect(try await here.remove(paths: [path]) == 2)
        #expect(try await here.verify().problems.isEmpty)
        #expect(try await here.count() == 2)
    }
}
