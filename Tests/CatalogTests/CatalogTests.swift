import Foundation
@testable import Catalog
import SosiaCore
import Testing

final class CatalogTests {
    private let path = FileManager.default.temporaryDirectory.path + "/catalog-\(UUID().uuidString).sqlite"
    private let catalog: Catalog

    private static let model = ModelIdentity(
        name: "m", weightsSHA256: "00", precision: .f32, descriptor: .init(pooling: .none), dimension: 4, metric: .l2)

    init() throws {
        catalog = try Catalog(path: path, access: .create)
        try catalog.create(model: Self.model)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    private func hash(_ number: UInt8) throws -> ContentHash {
        try #require(ContentHash(bytes: [UInt8](repeating: number, count: 32)))
    }

    private func entry(_ number: UInt8, at location: String, gone: [String]? = nil) throws -> CatalogEntry {
        CatalogEntry(
            hash: try hash(number), source: ImageSource(location: location), attributes: [:],
            content: gone == nil
                ? .init(facts: PictureFacts(format: "png", width: 1, height: 1), checksum: UInt32(number)) : nil,
            gone: gone ?? [])
    }

    /// Runs statements as another program would.
    private func sqlite(_ statements: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", path, statements]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @discardableResult
    private func upsert(_ entries: CatalogEntry...) throws -> [CatalogOutcome] {
        try catalog.upsert(entries) { _, _ in }
    }

    @Test func rowsAreAskedForOnceWithTheFirstFreeSlot() throws {
        var calls: [([Int], Int)] = []
        _ = try catalog.upsert([entry(1, at: "/a"), entry(1, at: "/b"), entry(2, at: "/c")]) { calls.append(($0, $1)) }
        _ = try catalog.upsert([entry(3, at: "/d")]) { calls.append(($0, $1)) }
        #expect(calls.map(\.0) == [[0, 2], [0]])
        #expect(calls.map(\.1) == [0, 2])
        #expect(try catalog.state()?.rows == 3)
        #expect(try catalog.slotProblems().isEmpty)
    }

    @Test func aFailedAppendNamesNothing() throws {
        struct Full: Error {}
        #expect(throws: Full.self) {
            _ = try catalog.upsert([entry(1, at: "/a")]) { _, _ in throw Full() }
        }
        #expect(try catalog.count() == 0)
        #expect(try catalog.state()?.rows == 0)
        #expect(try catalog.revision() == 0)
    }

    @Test func outcomesSayWhatHappened() throws {
        let one = ImageID(rawValue: 1)
        #expect(try upsert(entry(1, at: "/a")) == [.added(one)])
        #expect(try upsert(entry(1, at: "/a")) == [.touched(one)])
        #expect(try upsert(entry(1, at: "/b", gone: [])) == [.duplicate(one)])
        #expect(try upsert(entry(1, at: "/c", gone: ["/b"])) == [.moved(one)])
        #expect(try catalog.sources(of: one) == ["/a", "/c"])
        #expect(try upsert(entry(9, at: "/x", gone: [])) == [.unknown])
        #expect(try upsert(entry(2, at: "/c")) == [.changed(ImageID(rawValue: 2))])
        #expect(try upsert(entry(3, at: "/c")) == [.changed(ImageID(rawValue: 2))])
    }

    @Test func exchangedNamesKeepBothPictures() throws {
        try upsert(entry(1, at: "/a"), entry(2, at: "/b"))
        #expect(
            try upsert(entry(2, at: "/a", gone: []), entry(1, at: "/b", gone: []))
                == [.changed(ImageID(rawValue: 2)), .changed(ImageID(rawValue: 1))])
        #expect(try catalog.count() == 2)
    }

    @Test func changesSinceARevisionAreAllAReaderNeeds() throws {
        try upsert(entry(1, at: "/a"), entry(2, at: "/b"))
        let first = try #require(try catalog.slotChanges(since: -1))
        #expect(first.named.map(\.slot).sorted() == [0, 1])
        try upsert(entry(3, at: "/a"))
        _ = try catalog.remove([ImageID(rawValue: 2)])
        let second = try #require(try catalog.slotChanges(since: first.state.revision))
        #expect(second.named.map(\.slot) == [2])
        #expect(second.named.map(\.id) == [1])
        #expect(second.vacated.sorted() == [0, 1])
    }

    @Test func foldersAreNotPrefixes() throws {
        try upsert(entry(1, at: "/p/a"), entry(2, at: "/p2/a"), entry(3, at: "/p/b/c"), entry(4, at: "/p"))
        #expect(try catalog.locations(under: "/p").sorted() == ["/p", "/p/a", "/p/b/c"])
        #expect(try catalog.locations(under: "/").count == 4)
    }

    @Test func adoptingAGenerationRenumbersInTheOrderOfIDs() throws {
        try upsert(entry(1, at: "/a"), entry(2, at: "/b"), entry(3, at: "/c"))
        try upsert(entry(4, at: "/a"))
        _ = try catalog.remove([ImageID(rawValue: 2)])
        let rows = try catalog.namedRows()
        #expect(rows.map(\.slot) == [3, 2])
        try catalog.adopt(generation: 1, rows: rows)
        #expect(try catalog.namedRows().map(\.slot) == [0, 1])
        #expect(try catalog.state()?.rows == 2)
        #expect(try catalog.slotProblems().isEmpty)
        #expect(try catalog.problems().isEmpty)
    }

    @Test func readersOpenTheOldestSchemaAndWritersMigrateIt() throws {
        try upsert(entry(1, at: "/a"))
        try sqlite(
            """
            DROP TABLE tile; DROP TABLE container; DROP TABLE lost_source; DROP TABLE lost;
            DELETE FROM grdb_migrations WHERE identifier LIKE '2 %' OR identifier LIKE '3 %'
            """)
        let reader = try Catalog(path: path, access: .read)
        #expect(try reader.count() == 1)
        #expect(try reader.lost().isEmpty)
        #expect(try reader.containers().isEmpty)
        #expect(try reader.records([ImageID(rawValue: 1)]).map(\.tile) == [nil])
        let writer = try Catalog(path: path, access: .write)
        #expect(try writer.upsert([entry(2, at: "/b")]) { _, _ in } == [.added(ImageID(rawValue: 2))])
        #expect(try reader.count() == 2)
    }

    /// What the column `pooling` says, and what is read of it.
    @Test func theModelsDescriptorIsKept() throws {
        let pooling = Pooling("gem", ["p": 3])
        let descriptor = Descriptor(pooling: pooling, output: "features", scales: [1, 0.5], normalized: true)
        for (text, expected) in [
            ("none", Descriptor(pooling: .none)), ("average", Descriptor(pooling: .average)),
            (descriptor.text, descriptor), ("median", nil), (#"{"pooling":"average"}"#, nil),
        ] {
            try sqlite("UPDATE collection SET pooling = '\(text)'")
            if let expected {
                #expect(try catalog.state()?.model.descriptor == expected)
            } else {
                #expect(throws: CatalogError.self) { try catalog.state() }
            }
        }
        let other = path + ".other"
        defer { try? FileManager.default.removeItem(atPath: other) }
        let written = ModelIdentity(
            name: "m", weightsSHA256: "00", precision: .f32, descriptor: descriptor, dimension: 4, metric: .l2)
        try Catalog(path: other, access: .create).create(model: written)
        #expect(try Catalog(path: other, access: .read).state()?.model == written)
    }

    @Test func aReadOnlyFileOpensForReading() throws {
        try upsert(entry(1, at: "/a"))
        #expect(try Catalog(path: path, access: .read).count() == 1)
    }
}
