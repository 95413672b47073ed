import Foundation
import Images
@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// Files of tiny images: adding, adding again, changed files, showing, searching.
@Suite(.everyEngine) struct StoreTinyTests {
    static let count = 20

    let folder: TemporaryFolder
    let store: Store
    var file: String { folder.path + "/a.bin" }

    init() async throws {
        folder = try TemporaryFolder()
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
    }

    /// 3,072 bytes that depend on the number only.
    private static func record(_ number: Int) -> [UInt8] {
        var generator = SplitMix(seed: UInt64(number))
        let colors = (0..<48).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return (0..<3_072).map { index in
            let (plane, x, y) = (index / 1_024, index / 32 % 32, index % 32)
            return colors[plane * 16 + y / 8 * 4 + x / 8] &+ UInt8(y % 8)
        }
    }

    private func write(_ numbers: some Sequence<Int>, rest: Int = 0) throws {
        try folder.write(numbers.flatMap(Self.record) + [UInt8](repeating: 7, count: rest), to: "a.bin")
    }

    private func writeNames(_ names: [String]) throws {
        try folder.write(Array(names.map { "\"\($0)\"\n" }.joined().utf8), to: "a.bin.names")
    }

    private func add() async throws -> IngestReport { try await store.add(tinyImages: [file]) }

    private func positions() async throws -> [Int: ImageID] {
        Dictionary(
            uniqueKeysWithValues: try await store.pictures(limit: 1_000).map { ($0.tile?.position ?? -1, $0.id) })
    }

    @Test func recordsArePicturesThatStayInTheirFile() async throws {
        try write(0..<Self.count)
        try writeNames((0..<Self.count).map { "n\($0).jpg" })
        let report = try await add()
        #expect(report.added == Self.count)
        #expect(report.notes == [])
        for (index, record) in try await store.pictures(limit: 1_000).reversed().enumerated() {
            let tile = try #require(record.tile)
            #expect(tile.position == index)
            #expect(record.name(on: .host) == "\(file)#\(index)")
            #expect(record.attributes["name"] == .string("n\(index).jpg"))
            let pixels = try await store.pixels(of: tile)
            #expect(pixels.width == 32 && pixels.height == 32)
            let bytes = Self.record(index)
            // Planes are stored column by column.
            #expect(
                (0..<1_024).allSatisfy { pixel in
                    let (x, y) = (pixel % 32, pixel / 32)
                    return (0..<3).allSatisfy { pixels.bytes[pixel * 3 + $0] == bytes[$0 * 1_024 + x * 32 + y] }
                })
            let thumbnail = try await store.thumbnail(of: record.id)
            #expect(try ImageDecoder().decode(thumbnail, maxSide: 99).pixels.width == 32)
            #expect(try await store.original(of: record.id).format == .jpeg)
        }
        #expect(try await store.status().containers.map(\.tiles) == [Self.count])
        #expect(try await store.tileContainers().map(\.kind) == [.tiny])
        #expect(try await store.verify().problems == [])
    }

    @Test func differentRecordsAreNeverMerged() async throws {
        try write(0..<Self.count)
        _ = try await add()
        try folder.write(Array("96 96 1 placed".utf8), to: "r.fake")
        let raster = TileFile(
            path: folder.path + "/r.fake", kind: .raster, tiling: TileContainer.Tiling(tile: 32, stride: 16))
        _ = try await store.add(
            [raster], options: IngestOptions(), open: { file throws(TileError) in try FakeTiles(file) })
        var search = PictureSearch(.image(ImageID(rawValue: 1)))
        search.k = 100
        let hits = try await store.search(search).hits
        #expect(Set(hits.compactMap(\.record.tile?.position)) == Set(1..<Self.count))
        // Nine windows of a raster have no pixels in common, of 25.
        #expect(hits.count { $0.record.tile?.kind == .raster } < 10)
    }

    @Test func whatDidNotChangeIsNotDoneAgain() async throws {
        try write(0..<Self.count)
        _ = try await add()
        #expect(try await add().unchanged == Self.count)
        let before = try await positions()
        try write((0..<Self.count).map { $0 == 7 ? 100 : $0 } + [101], rest: 9)
        let report = try await add()
        #expect(report.changed == 1)
        #expect(report.added == 1)
        #expect(report.unchanged == Self.count - 1)
        #expect(
            report.notes.map(\.description)
                == ["\(file): the last 9 bytes are no whole tiny image and are left out"])
        #expect(try await positions().filter { $0.key < Self.count } == before)
        try write(0..<5)
        let shorter = try await add()
        #expect(shorter.removed == Self.count - 4)
        #expect(try await Set(positions().keys) == Set(0..<5))
        #expect(try await store.verify().problems == [])
    }

    @Test func recordsThatLookAlikeAreTwoPictures() async throws {
        try write([3, 3, 3])
        #expect(try await add().added == 3)
    }

    @Test func aFileThatChangedOrIsGoneIsSaidSo() async throws {
        try write(0..<Self.count)
        _ = try await add()
        let tile = try #require(try await store.pictures(limit: 1).first?.tile)
        try write(0..<Self.count - 1)
        await #expect(throws: TileError.changed(path: file)) { try await store.pixels(of: tile) }
        #expect(try await store.verify().problems == [.container(path: file, .changed)])
        try folder.remove("a.bin")
        await #expect(throws: TileError.missing(path: file)) { try await store.pixels(of: tile) }
        #expect(try await add().skipped.map(\.reason) == [.notFound])
        #expect(try await store.count() == Self.count)
        #expect(try await store.remove(paths: [file]) == Self.count)
        #expect(try await store.tileContainers().isEmpty)
    }

    @Test func whatCannotBeReadIsNamed() async throws {
        try folder.write([1, 2, 3], to: "a.bin")
        let short = try #require(try await add().skipped.first)
        #expect(short.reason.description.contains("has 3 bytes"))
        try write(0..<3)
        try writeNames(["a", "b"])
        let names = try #require(try await add().skipped.first)
        #expect(names.reason.description.contains("line 2 of \(file).names"))
        #expect(try await store.tileContainers().isEmpty)
        // A file that was cut short has more names than records.
        try write(0..<1, rest: 30)
        let report = try await add()
        #expect(report.added == 1)
        #expect(try await store.pictures(limit: 1).first?.attributes["name"] == .string("a"))
    }

    @Test func whatTheUserSaysCountsMore() async throws {
        try write(0..<2)
        try writeNames(["a", "b"])
        var options = IngestOptions()
        options.attributes = ["name": .string("mine"), "year": .integer(2008)]
        _ = try await store.add(tinyImages: [file], options: options)
        #expect(try await store.pictures(limit: 9).allSatisfy { $0.attributes == options.attributes })
    }
}
