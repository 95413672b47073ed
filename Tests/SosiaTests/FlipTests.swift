import Foundation
@testable import Sosia
import SosiaCore
import Synchronization
import TestSupport
import Testing

/// Single flipped bits of a small collection's catalog, vectors and uploads: each is found by `verify`, or changes nothing
/// at all. A few hundred by default; `SOSIA_FLIPS` says how many, `SOSIA_FLIP_SEED` which:
///
///     SOSIA_FLIPS=10000 swift test -c release -Xswiftc -enable-testing --filter FlipTests
struct FlipTests {
    private struct Flip: Sendable, CustomStringConvertible {
        let file: String
        let offset: Int
        let bit: UInt8

        var description: String { "bit \(bit) of byte \(offset) of \(file)" }
    }

    /// What became of a flip.
    private enum Outcome: Hashable, Sendable {
        case found
        /// Not found, and nothing differs: no record, location, attribute, vector or answer, no row of any table.
        case withoutEffect
        case silent
    }

    private final class Tally: Sendable {
        let next = Atomic(0)
        let outcomes = Mutex<[Outcome: Int]>([:])
    }

    @Test func everyFlippedBitIsFoundOrChangesNothing() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["SOSIA_FLIPS"].flatMap { Int($0) } ?? 300
        let seed = environment["SOSIA_FLIP_SEED"].flatMap { UInt64($0) } ?? 1
        let collection = try await FlippedCollection()
        let files = try collection.files()
        try #require(files.contains("catalog.sqlite") && files.contains("vectors.f32"))
        try #require(files.contains { $0.hasPrefix("originals/") })
        let flips = try collection.flips(of: files, count: count, seed: seed)
            .map { Flip(file: $0.file, offset: $0.offset, bit: $0.bit) }
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<2 {
                group.addTask {
                    let copy = try collection.copy("copy-\(worker)")
                    let before = try await collection.contents(copy)
                    #expect(try await collection.contents(copy) == before)
                    while true {
                        let index = tally.next.add(1, ordering: .relaxed).oldValue
                        guard index < flips.count else { return }
                        let flip = flips[index]
                        try FlippedCollection.turn(flip.bit, at: flip.offset, of: copy + "/" + flip.file)
                        let outcome = try await Self.outcome(copy, collection, before)
                        try FlippedCollection.turn(flip.bit, at: flip.offset, of: copy + "/" + flip.file)
                        tally.outcomes.withLock { $0[outcome, default: 0] += 1 }
                        if outcome == .silent { Issue.record("nobody notices \(flip) (seed \(seed))") }
                    }
                }
            }
            try await group.waitForAll()
        }
        let counted = tally.outcomes.withLock { $0 }
        print(
            "flips: \(count), found \(counted[.found] ?? 0), without effect \(counted[.withoutEffect] ?? 0),",
            "silent \(counted[.silent] ?? 0)")
        #expect(counted[.silent] == nil)
        #expect((counted[.found] ?? 0) > count / 4)
    }

    private static func outcome(
        _ path: String, _ collection: FlippedCollection, _ before: [String]
    ) async throws -> Outcome {
        do {
            let report = try await Store(opening: path).verify()
            guard report.problems.isEmpty, report.notes.isEmpty else { return .found }
        } catch is StoreError {
            return .found
        }
        let after = try? await collection.contents(path)
        return after == before ? .withoutEffect : .silent
    }
}

/// A collection with some of everything that a ledger keeps.
private struct FlippedCollection: Sendable {
    let folder: TemporaryFolder
    private var path: String { folder.path + "/a.sosia" }

    init() async throws {
        folder = try TemporaryFolder()
        try await fill()
        try await lose()
    }

    private func fill() async throws {
        for number in 0..<24 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        try folder.write(picture(3), to: "photos/again.jpg")
        let store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
        var options = IngestOptions()
        options.attributes = [
            "shop": .string("A"), "price": .number(1.5), "tags": .array([.string("x"), .bool(true)]),
        ]
        options.exclusions = ["*.skip", "raw/"]
        _ = try await store.add([folder.path + "/photos"], options: options)
        let uploads = try (30..<36).map {
            Upload(name: "\($0).jpg", bytes: try picture($0), attributes: ["n": .integer(Int64($0))])
        }
        _ = try await store.add(uploads)
        // Long enough for pages of its own.
        _ = try await store.update(
            ImageID(rawValue: 5), attributes: ["text": .string(String(repeating: "words and words ", count: 800))])
        try await Self.addTiles(to: store)
        _ = try await store.remove([ImageID(rawValue: 9), ImageID(rawValue: 10)])
        _ = try await store.update(ImageID(rawValue: 6), attributes: ["text": .null])
    }

    private static func addTiles(to store: Store) async throws {
        let facts = TileContainer.Facts(
            format: "tiff", width: 20, height: 10, bands: ["red", "green"],
            tiling: .init(tile: 10, stride: 10))
        let file = ContainerFile(
            path: "/elsewhere/a.tif", machine: MachineName(nearest: "elsewhere"), kind: .raster,
            stamp: ImageSource.Stamp(size: 7, modified: 8), facts: facts)
        let container = try await store.engine.begin(file)
        let entries = try (0..<2).map { number -> IngestEntry in
            let window = PixelWindow(x: 10 * number, y: 0, width: 10, height: 10)
            let outline = GeoPolygon(rings: [[(1, 2), (3, 4), (5, 6.5)].map { GeoPoint(longitude: $0, latitude: $1) }])
            let tile = Tile(
                container: container, source: file.path, machine: file.machine, window: window, outline: outline,
                kind: .raster)
            let location = SosiaCore.SourceLocation.tile(TileLocation(container: container, window: window))
            let hash = try #require(ContentHash(of: [UInt8(number)]))
            let vector = try Embedding([Float](repeating: Float(number) + 0.25, count: store.model.dimension))
            return IngestEntry(
                hash: hash, source: ImageSource(location: location, stamp: file.stamp),
                content: .init(
                    embedding: vector, facts: PictureFacts(format: "tiff", width: 10, height: 10), tile: tile))
        }
        _ = try await store.engine.commit(IngestUnit(entries))
        _ = try await store.engine.finish(container: container, isComplete: true, forgetting: [])
    }

    /// Takes a picture out whose vector is damaged, so that one waits for its file.
    private func lose() async throws {
        try Self.turn(3, at: 64 + 48 * 4 * 12, of: path + "/vectors.f32")
        let report = try await Store.repair(path)
        try #require(report.lost.count == 1)
        let store = try await Store(opening: path, writable: true)
        _ = try await store.remove([ImageID(rawValue: 20)])
        try #require(try await store.verify() == VerifyReport(pictures: 28, vacant: 1, problems: []))
    }

    func copy(_ name: String) throws -> String {
        let copy = folder.path + "/" + name
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        return copy
    }

    /// Those of the truth.
    func files() throws -> [String] {
        let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return all.filter { name in
            let last = name.split(separator: "/").last ?? ""
            return name == "catalog.sqlite" || name == "vectors.f32"
                || name.hasPrefix("originals/") && last.utf8.count == 64
        }
        .sorted()
    }

    /// Half of them in the catalog, a tenth of all in texts of attributes, the others in vectors and uploads.
    func flips(
        of files: [String], count: Int, seed: UInt64
    ) throws -> [(file: String, offset: Int, bit: UInt8)] {
        var generator = SplitMix(seed: seed)
        let catalog = try Data(contentsOf: URL(fileURLWithPath: path + "/catalog.sqlite"))
        var texts: [Int] = []
        for text in [#""shop":"A""#, #""n":3"#, "words and words", "photos/1", "jpeg"] {
            var rest = catalog.startIndex..<catalog.endIndex
            while let found = catalog.range(of: Data(text.utf8), in: rest) {
                texts += found
                rest = found.upperBound..<catalog.endIndex
            }
        }
        return try (0..<count).map { number in
            let bit = UInt8.random(in: 0..<8, using: &generator)
            if number % 10 == 0, let offset = texts.randomElement(using: &generator) {
                return ("catalog.sqlite", offset, bit)
            }
            let others = files.filter { $0 != "catalog.sqlite" }
            let file = number % 3 == 0 ? others.randomElement(using: &generator) ?? "vectors.f32" : "catalog.sqlite"
            let size = try Data(contentsOf: URL(fileURLWithPath: path + "/" + file)).count
            return (file, Int.random(in: 0..<size, using: &generator), bit)
        }
    }

    static func turn(_ bit: UInt8, at offset: Int, of file: String) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(offset))
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: [byte ^ 1 << bit])
    }

    /// Everything that can be asked for, and every row of every table.
    func contents(_ path: String) async throws -> [String] {
        let store = try await Store(opening: path)
        let engine = store.engine
        var all: [String] = []
        let ids = (1...40).map { ImageID(rawValue: $0) }
        let records = try await engine.records(passing: nil, before: nil, limit: 100)
        all += records.map(Self.text)
        all.append("\(try await engine.sources(at: records.flatMap(\.sources)))")
        all.append("\(try await engine.origins(of: ids))")
        all.append("\(try await engine.uploads(after: nil, limit: 100))")
        all.append("\(try await engine.lost(after: nil, limit: 100))")
        all.append("\(try await engine.containers(nil, after: nil, limit: 100))")
        all.append("\(try await engine.tiles(of: 1, after: nil, limit: 100))")
        all.append("\(try await engine.attributeSummaries())")
        all.append("\(try await store.exclusions())")
        all.append("\(try await engine.vectors(after: nil, limit: 100).map { ($0.id, $0.embedding.values) })")
        all.append("\(store.model) \(engine.identity)")
        for text in [nil, "price > 1", "n >= 32 OR width = 10", "NOT shop = 'A'"] {
            let filter = try text.map { try Filter(parsing: $0) }
            let request = try SearchRequest(.image(ids[0]), k: 50, filter: filter)
            all += try await engine.search(request).hits.map { "\($0.distance) \(Self.text($0.record))" }
        }
        for origin in try await engine.uploads(after: nil, limit: 100) {
            all.append("\(try await store.original(of: origin).bytes)")
        }
        all.append(try Self.dump(path + "/catalog.sqlite"))
        return all
    }

    private static func text(_ record: ImageRecord) -> String {
        let attributes = record.attributes.sorted { $0.key < $1.key }
        return "\(record.id) \(record.sources) \(record.facts) \(attributes) \(record.tile.debugDescription)"
    }

    private static func dump(_ catalog: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", "-readonly", catalog, ".dump"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
