import Foundation
@testable import Sosia
import SosiaCore
import Synchronization
import TestSupport
import Testing

/// A run that ends itself, however early it gets there.
private final class CancelledRun: Sendable {
    private let task = Mutex<Task<IngestReport, any Error>?>(nil)
    private let started = DispatchSemaphore(value: 0)

    func start(_ task: Task<IngestReport, any Error>) {
        self.task.withLock { $0 = task }
        started.signal()
    }

    func cancel() {
        started.wait()
        task.withLock { $0?.cancel() }
    }
}

/// Tiles of a made-up kind of file: adding, adding again, interrupted runs, changed files, searching.
@Suite(.everyEngine) struct StoreTileTests {
    let folder: TemporaryFolder
    let store: Store
    var raster: String { folder.path + "/a.fake" }

    init() async throws {
        folder = try TemporaryFolder()
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
    }

    private func write(_ text: String, to name: String = "a.fake") throws {
        try folder.write(Array(text.utf8), to: name)
    }

    private func add(
        _ name: String = "a.fake", tile: Int = 32, stride: Int = 16, share: Double = 0.5, life: Int = .max,
        options: IngestOptions = IngestOptions(), to other: Store? = nil
    ) async throws -> IngestReport {
        let file = TileFile(
            path: folder.path + "/" + name, kind: .raster,
            tiling: TileContainer.Tiling(tile: tile, stride: stride, emptyShare: share))
        return try await (other ?? store).add(
            [file], options: options, open: { file throws(TileError) in try FakeTiles(file, life: life) })
    }

    private func records() async throws -> [ImageRecord] { try await store.pictures(limit: 1_000).reversed() }

    private func windows() async throws -> [String: ImageID] {
        Dictionary(uniqueKeysWithValues: try await records().map { ($0.tile?.window.description ?? "", $0.id) })
    }

    @Test func tilesArePicturesWithAWindowAndAPlace() async throws {
        try write("80 64 1 placed")
        let report = try await add()
        #expect(report.added == 12)
        #expect(report.notes.isEmpty)
        let record = try #require(try await records().last)
        #expect(record.tile?.source == raster)
        #expect(record.tile?.window == PixelWindow(x: 48, y: 32, width: 32, height: 32))
        #expect(record.tile?.outline?.rings.first?.first == GeoPoint(longitude: 10.048, latitude: 49.968))
        let position = try #require(record.facts.position)
        #expect(abs(position.longitude - 10.064) < 1e-9)
        #expect(abs(position.latitude - 49.952) < 1e-9)
        #expect(record.name(on: .host) == raster + "#48,32,32,32")
        // Ids follow the rows of the raster.
        let order = try await records().map { record in
            let window = record.tile?.window
            return (window?.y ?? -1) * 1_000 + (window?.x ?? -1)
        }
        #expect(order == order.sorted())
        #expect(try await store.verify().problems == [])
        #expect(try await store.status().containers.map(\.tiles) == [12])
    }

    @Test func aRasterThatDidNotChangeIsNotOpened() async throws {
        try write("80 64 1")
        #expect(try await add().notes.map(\.fact) == [.notGeoreferenced(nil)])
        let again = try await add(life: 0)
        #expect(again.unchanged == 12)
        #expect(again.added == 0)
        #expect(again.skipped.isEmpty)
    }

    @Test func placesThatDidNotChangeKeepTheirIDsAndAreNotEmbeddedAgain() async throws {
        try write("96 96 1")
        _ = try await add(tile: 32, stride: 32)
        let before = try await windows()
        try write("96 96 1 other:32,32 changed")
        let report = try await add(tile: 32, stride: 32)
        #expect(report.changed == 1)
        #expect(report.unchanged == 8)
        #expect(report.added == 0)
        #expect(try await windows() == before)
    }

    @Test func tilesThatLookAlikeAreTwoPictures() async throws {
        try write("64 32 7")
        try write("64 32 7", to: "b.fake")
        #expect(try await add(tile: 32, stride: 32).added == 2)
        #expect(try await add("b.fake", tile: 32, stride: 32).added == 2)
        #expect(try await store.count() == 4)
    }

    @Test func cutInAnotherWayARasterKeepsTheTilesThatBothHave() async throws {
        try write("96 96 1")
        _ = try await add(tile: 32, stride: 16)
        let before = try await windows()
        let report = try await add(tile: 32, stride: 32)
        #expect(report.removed == 16)
        #expect(report.unchanged == 9)
        #expect(
            try await windows()
                == before.filter { window, _ in
                    window.split(separator: ",").prefix(2).allSatisfy { (Int($0) ?? 1) % 32 == 0 }
                })
        let other = try await add(tile: 48, stride: 48)
        #expect(other.added == 4)
        #expect(other.removed == 9)
        #expect(try await store.verify().problems == [])
    }

    @Test func anotherRuleOfEmptinessIsAppliedToAll() async throws {
        try write("96 96 1")
        _ = try await add(tile: 32, stride: 32, share: 0.5)
        // The same file, but every window is looked at again.
        let file = TileFile(
            path: raster, kind: .raster, tiling: TileContainer.Tiling(tile: 32, stride: 32, emptyShare: 0.25))
        let source = try FakeTiles(file)
        let report = try await store.add(
            [file], options: IngestOptions(), open: { _ throws(TileError) in source })
        #expect(report.unchanged == 9)
        #expect(source.read.load(ordering: .relaxed) == 9)
        #expect(try await store.tileContainers().first?.facts.tiling.emptyShare == 0.25)
    }

    @Test func emptyTilesAreDroppedAndGoWhenTheyBecomeEmpty() async throws {
        try write("96 96 1 empty:0,0")
        let report = try await add(tile: 32, stride: 32)
        #expect(report.added == 8)
        #expect(report.dropped == 1)
        try write("96 96 1 empty:0,0 empty:32,32")
        let again = try await add(tile: 32, stride: 32)
        #expect(again.dropped == 2)
        #expect(again.removed == 1)
        #expect(try await store.count() == 7)
    }

    @Test func damagedTilesAreNamedAndTheOthersAdded() async throws {
        try write("96 96 1 damaged:32,32")
        let report = try await add(tile: 32, stride: 32)
        #expect(report.added == 8)
        #expect(report.skipped.map(\.path) == [raster + "#32,32,32,32"])
        #expect(try await store.tileContainers().map { $0.state(on: .host) } == [.incomplete])
        // Named again, and nothing doubled.
        let again = try await add(tile: 32, stride: 32)
        #expect(again.skipped.count == 1)
        #expect(again.unchanged == 8)
        #expect(try await store.count() == 8)
        // A tile that was there stays when it cannot be read any more.
        try write("96 96 1 damaged:0,0 damaged:32,32")
        _ = try await add(tile: 32, stride: 32)
        #expect(try await windows()["0,0,32,32"] != nil)
    }

    @Test(arguments: [0, 1, 5, 17, 35])
    func anInterruptedRunIsFinishedByTheNext(_ life: Int) async throws {
        try write("112 112 3")
        var options = IngestOptions()
        (options.batch, options.jobs) = (4, 2)
        let broken = try await add(life: life, options: options)
        #expect(broken.skipped.count == 1)
        let kept = try await windows()
        #expect(kept.count <= life)
        #expect(try await store.tileContainers().map(\.isComplete) == [false])
        let report = try await add(options: options)
        #expect(report.unchanged == kept.count)
        #expect(report.added == 36 - kept.count)
        let all = try await windows()
        #expect(all.count == 36)
        #expect(kept.allSatisfy { all[$0.key] == $0.value })
        #expect(try await store.verify().problems == [])
    }

    @Test func aCancelledRunIsFinishedByTheNext() async throws {
        try write("112 112 3")
        let file = TileFile(
            path: raster, kind: .raster, tiling: TileContainer.Tiling(tile: 32, stride: 16, emptyShare: 0.5))
        let store = store
        let run = CancelledRun()
        let source = try FakeTiles(file) { if $0 == 10 { run.cancel() } }
        let task = Task {
            var options = IngestOptions()
            (options.batch, options.jobs) = (4, 2)
            return try await store.add([file], options: options, open: { _ throws(TileError) in source })
        }
        run.start(task)
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(source.read.load(ordering: .relaxed) < 36)
        #expect(try await store.tileContainers().map(\.isComplete) == [false])
        _ = try await add()
        #expect(try await windows().count == 36)
        #expect(try await store.verify().problems == [])
    }

    @Test func aFileThatVanishesAtTheEndIsNamedAndTheRestReported() async throws {
        try write("96 96 1")
        let file = TileFile(
            path: raster, kind: .raster, tiling: TileContainer.Tiling(tile: 32, stride: 32, emptyShare: 0.5))
        let (folder, path) = (folder, raster)
        let report = try await store.add(
            [file], options: IngestOptions(),
            open: { file throws(TileError) in
                try FakeTiles(file) { if $0 == 9 { try? folder.remove("a.fake") } }
            })
        #expect(report.added == 9)
        #expect(report.skipped == [SkippedFile(path: path, reason: .tile(.missing(path: path)))])
        #expect(try await store.tileContainers().map(\.isComplete) == [false])
    }

    @Test func aMovedRasterKeepsItsTiles() async throws {
        try write("96 96 1")
        _ = try await add()
        let before = try await windows()
        try folder.move("a.fake", to: "maps/b.fake")
        let report = try await add("maps/b.fake")
        #expect(report.added == 0)
        #expect(report.unchanged == before.count)
        #expect(try await windows() == before)
        #expect(try await records().first?.tile?.source == folder.path + "/maps/b.fake")
        #expect(try await store.verify().problems == [])
    }

    /// A size and a time are no proof that a file has moved: exports made at once have the same.
    @Test func anotherRasterOfTheSameSizeAndTimeIsNotTakenForTheOneThatIsGone() async throws {
        try write("96 96 1")
        try write("96 96 2", to: "b.fake")
        for name in ["a", "b"] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: folder.path + "/\(name).fake")
        }
        _ = try await add(tile: 32, stride: 32)
        try folder.remove("a.fake")
        let report = try await add("b.fake", tile: 32, stride: 32)
        #expect(report.unchanged == 0)
        #expect(report.changed == 9)
        // The vectors are those of what is shown.
        let tile = try #require(try await records().first?.tile)
        #expect(tile.source == folder.path + "/b.fake")
        let alone = try await Store(creating: folder.path + "/b.sosia", embedder: GridEmbedder())
        _ = try await add("b.fake", tile: 32, stride: 32, to: alone)
        var search = PictureSearch(.image(ImageID(rawValue: 1)))
        (search.mode, search.overlaps) = (.exact, .keep)
        let distances = try await alone.search(search).hits.map(\.distance)
        #expect(distances.count == 8)
        #expect(try await store.search(search).hits.map(\.distance) == distances)
    }

    @Test func removingARasterRemovesItsTiles() async throws {
        try write("96 96 1")
        try write("64 32 7", to: "b.fake")
        _ = try await add()
        _ = try await add("b.fake", tile: 32, stride: 32)
        #expect(try await store.contains(path: raster))
        #expect(try await store.remove(paths: [raster]) == 25)
        #expect(try await store.tileContainers().map(\.path) == [folder.path + "/b.fake"])
        #expect(try await store.count() == 2)
        #expect(try await store.verify().problems == [])
        #expect(try await store.remove(paths: [folder.path]) == 2)
        #expect(try await store.tileContainers().isEmpty)
    }

    @Test func aTileThatWasTakenOutComesBack() async throws {
        try write("96 96 1")
        _ = try await add()
        let id = try #require(try await windows()["16,16,32,32"])
        #expect(try await store.remove([id]) == 1)
        let report = try await add()
        #expect(report.added == 1)
        #expect(report.unchanged == 24)
    }

    @Test func aLostVectorIsMadeAgainFromTheRaster() async throws {
        // What a damaged file costs is asked of the engine that has one.
        guard store.abilities.engine == "embedded" else { return }
        try write("96 96 1")
        let path = folder.path + "/b.sosia"
        _ = try await add(to: try await Store(creating: path, embedder: GridEmbedder()))
        var vectors = try Data(contentsOf: URL(fileURLWithPath: path + "/vectors.f32"))
        vectors[64 + 6 * 48 * 4] ^= 1
        try vectors.write(to: URL(fileURLWithPath: path + "/vectors.f32"))
        #expect(
            try await Store.repair(path).lost.map(\.sources).map { $0.map { $0.text(on: .host) } } == [
                ["tile:1/16,16,32,32"]
            ])
        let store = try await Store(creating: path, embedder: GridEmbedder())
        let report = try await add(to: store)
        #expect(report.added == 1)
        #expect(report.unchanged == 24)
        #expect(try await store.record(ImageID(rawValue: 7)).tile?.window.description == "16,16,32,32")
        #expect(try await store.verify().problems == [])
    }

    @Test func pruningForgetsRastersThatAreGone() async throws {
        try write("64 32 7", to: "maps/a.fake")
        try write("64 32 8", to: "maps/b.fake")
        try write("64 32 9", to: "maps/c.fake")
        for name in ["a", "b", "c"] { _ = try await add("maps/\(name).fake", tile: 32, stride: 32) }
        try folder.remove("maps/a.fake")
        var options = IngestOptions()
        options.prune = true
        let report = try await store.add([folder.path + "/maps"], options: options)
        #expect(report.pruned == 2)
        #expect(try await store.tileContainers().count == 2)
    }

    @Test func attributesAreSetOnAllTiles() async throws {
        try write("64 32 7")
        var options = IngestOptions()
        options.attributes = ["year": .integer(2015)]
        _ = try await add(tile: 32, stride: 32, options: options)
        #expect(try await records().allSatisfy { $0.attributes["year"] == .integer(2015) })
        options.attributes = ["year": .integer(2016)]
        _ = try await add(tile: 32, stride: 32, life: 0, options: options)
        #expect(try await records().allSatisfy { $0.attributes["year"] == .integer(2016) })
    }

    @Test func whatIsWrongWithAFileIsSaid() async throws {
        try write("nonsense")
        #expect(try await add().skipped.map(\.reason) == [.tile(.unreadable(path: raster, reason: "it is no fake"))])
        #expect(try await add("none.fake").skipped.map(\.reason) == [.notFound])
        #expect(try await store.count() == 0)
        try write("96 96 1")
        _ = try await add()
        try write("96 96 1 changed")
        #expect(try await store.verify().problems == [.container(path: raster, .changed)])
        let tile = try #require(try await records().first?.tile)
        await #expect(throws: TileError.changed(path: raster)) { try await store.pixels(of: tile) }
        try folder.remove("a.fake")
        #expect(try await store.verify().problems == [.container(path: raster, .missing)])
        await #expect(throws: TileError.missing(path: raster)) { try await store.original(of: ImageID(rawValue: 1)) }
    }

    @Test func placesHaveSoManyPixelsTogether() async throws {
        try write("9000 9000 1")
        let side = RasterPlace.maximumSide
        // Known to the catalog, although no tile of it was read.
        _ = try await add(tile: side, stride: side, life: 0)
        let place = PictureSearch(
            .place(.window(PixelWindow(x: 0, y: 0, width: side, height: side), raster: 1)))
        await #expect(
            throws: RasterPlaceError.tooManyPixels(got: 9 * side * side, maximum: RasterPlace.maximumPixels)
        ) { try await store.search(Array(repeating: place, count: 9)) }
        // As many as there may be are looked at, and this is no raster.
        await #expect(throws: TileError.self) { try await store.search(Array(repeating: place, count: 8)) }
    }
}
