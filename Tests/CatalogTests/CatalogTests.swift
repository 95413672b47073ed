import Foundation
@testable import Catalog
import SosiaCore
import Testing

final class CatalogTests {
    private let fixture: CatalogFixture
    private var catalog: Catalog { fixture.catalog }
    private var path: String { fixture.path }

    init() throws {
        fixture = try CatalogFixture()
    }

    private func hash(_ number: UInt8) throws -> ContentHash {
        try #require(ContentHash(bytes: [UInt8](repeating: number, count: 32)))
    }

    private func entry(_ number: UInt8, at path: String, gone: [String]? = nil) throws -> IngestEntry {
        IngestEntry(
            hash: try hash(number), source: ImageSource(location: .file(path)),
            content: gone == nil ? try .init(PictureFacts(format: "png", width: 1, height: 1)) : nil,
            gone: (gone ?? []).map { .file($0) })
    }

    private func sqlite(_ statements: String) throws { try fixture.sqlite(statements) }

    @discardableResult
    private func commit(_ entries: IngestEntry...) throws -> [IngestOutcome] {
        try catalog.commit(entries)
    }

    @Test func rowsAreAskedForOnceWithTheFirstFreeSlot() throws {
        var calls: [([RowOrigin], Int)] = []
        _ = try catalog.commit([entry(1, at: "/a"), entry(1, at: "/b"), entry(2, at: "/c")]) { calls.append(($0, $1)) }
        _ = try catalog.commit([entry(3, at: "/d")]) { calls.append(($0, $1)) }
        #expect(calls.map(\.0) == [[.entry(0), .entry(2)], [.entry(0)]])
        #expect(calls.map(\.1) == [0, 2])
        #expect(try catalog.state()?.rows == 3)
        #expect(try catalog.slotProblems().isEmpty)
    }

    @Test func aFailedAppendNamesNothing() throws {
        struct Full: Error {}
        #expect(throws: Full.self) {
            _ = try catalog.commit([entry(1, at: "/a")]) { _, _ in throw Full() }
        }
        #expect(try catalog.count() == 0)
        #expect(try catalog.state()?.rows == 0)
        #expect(try catalog.revision() == 0)
    }

    @Test func outcomesSayWhatHappened() throws {
        let one = ImageID(rawValue: 1)
        #expect(try commit(entry(1, at: "/a")) == [.added(one)])
        #expect(try commit(entry(1, at: "/a")) == [.touched(one)])
        #expect(try commit(entry(1, at: "/b", gone: [])) == [.duplicate(one)])
        #expect(try commit(entry(1, at: "/c", gone: ["/b"])) == [.moved(one)])
        #expect(try catalog.origins(of: [one])[0]?.sources == [.file("/a"), .file("/c")])
        #expect(try commit(entry(9, at: "/x", gone: [])) == [.unknown])
        #expect(try commit(entry(2, at: "/c")) == [.changed(ImageID(rawValue: 2))])
        #expect(try commit(entry(3, at: "/c")) == [.changed(ImageID(rawValue: 2))])
    }

    @Test func exchangedNamesKeepBothPictures() throws {
        try commit(entry(1, at: "/a"), entry(2, at: "/b"))
        #expect(
            try commit(entry(2, at: "/a", gone: []), entry(1, at: "/b", gone: []))
                == [.changed(ImageID(rawValue: 2)), .changed(ImageID(rawValue: 1))])
        #expect(try catalog.count() == 2)
    }

    @Test func changesSinceARevisionAreAllAReaderNeeds() throws {
        try commit(entry(1, at: "/a"), entry(2, at: "/b"))
        let first = try #require(try catalog.slotChanges(since: -1))
        #expect(first.named.map(\.slot).sorted() == [0, 1])
        try commit(entry(3, at: "/a"))
        _ = try catalog.remove([ImageID(rawValue: 2)])
        let second = try #require(try catalog.slotChanges(since: first.state.revision))
        #expect(second.named.map(\.slot) == [2])
        #expect(second.named.map(\.id) == [1])
        #expect(second.vacated.sorted() == [0, 1])
    }

    @Test func foldersAreNotPrefixes() throws {
        try commit(entry(1, at: "/p/a"), entry(2, at: "/p2/a"), entry(3, at: "/p/b/c"), entry(4, at: "/p"))
        func below(_ path: String, after last: String? = nil, limit: Int = 10) throws -> [SosiaCore.SourceLocation] {
            try catalog.locations(
                below: path, on: CatalogFixture.home, after: last.map { .file($0) }, limit: limit)
        }
        #expect(try below("/p") == [.file("/p"), .file("/p/a"), .file("/p/b/c")])
        #expect(try below("/p", limit: 1) == [.file("/p")])
        #expect(try below("/p", after: "/p/a") == [.file("/p/b/c")])
        #expect(try below("/").count == 4)
    }

    @Test func adoptingAGenerationRenumbersInTheOrderOfIDs() throws {
        try commit(entry(1, at: "/a"), entry(2, at: "/b"), entry(3, at: "/c"))
        try commit(entry(4, at: "/a"))
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
        try commit(entry(1, at: "/a"))
        try fixture.forgetMachines()
        try sqlite(
            """
            DROP TABLE tile; DROP TABLE container; DROP TABLE lost_source; DROP TABLE lost;
            DELETE FROM grdb_migrations WHERE identifier LIKE '2 %' OR identifier LIKE '3 %'
            """)
        let reader = try fixture.open(.read)
        #expect(try reader.count() == 1)
        #expect(try reader.lost(after: nil, limit: 10).isEmpty)
        #expect(try reader.containers(nil, after: nil, limit: 10).isEmpty)
        #expect(try reader.records([ImageID(rawValue: 1)]).map(\.tile) == [nil])
        let writer = try fixture.open(.write)
        #expect(try writer.commit([entry(2, at: "/b")]) == [.added(ImageID(rawValue: 2))])
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
                #expect(throws: StoreError.self) { try catalog.state() }
            }
        }
        let other = path + ".other"
        defer { try? FileManager.default.removeItem(atPath: other) }
        let written = ModelIdentity(
            name: "m", weightsSHA256: "00", precision: .f32, descriptor: descriptor, dimension: 4, metric: .l2)
        let home = CatalogFixture.home
        try Catalog(path: other, access: .create, machine: home)
            .create(CollectionDescription(model: written, machine: home))
        #expect(try Catalog(path: other, access: .read, machine: home).state()?.model == written)
    }

    @Test func aReadOnlyFileOpensForReading() throws {
        try commit(entry(1, at: "/a"))
        #expect(try fixture.open(.read).count() == 1)
    }

    @Test func aCatalogWithoutMachinesGetsTheOneThatWritesToIt() throws {
        try commit(entry(1, at: "/a"))
        try fixture.forgetMachines()
        let (desk, laptop) = (MachineName(nearest: "desk"), MachineName(nearest: "laptop"))
        // A reader takes its files for its own.
        let reader = try fixture.open(.read, machine: laptop)
        #expect(try reader.origins(of: [ImageID(rawValue: 1)])[0]?.sources == [.file(path: "/a", machine: laptop)])
        #expect(try reader.known([hash(1)])[0].map(\.id) == [ImageID(rawValue: 1)])
        #expect(try reader.uploads(after: nil, limit: 10).isEmpty)
        #expect(try reader.sources(at: [.file(path: "/a", machine: laptop)])[0] != nil)
        // The first writer decides for good.
        _ = try fixture.open(.write, machine: desk)
        for access in [Catalog.Access.read, .write] {
            let late = try fixture.open(access, machine: laptop)
            #expect(try late.records([ImageID(rawValue: 1)]).map(\.sources) == [[.file(path: "/a", machine: desk)]])
            #expect(try late.sources(at: [.file(path: "/a", machine: laptop)]) == [nil])
        }
    }

    @Test func stampsComeBackWhole() throws {
        let stamp = ImageSource.Stamp(size: 1, modified: 2, changed: 3, inode: .max, device: .max - 1)
        let source = ImageSource(location: .file("/a"), stamp: stamp)
        try commit(
            IngestEntry(
                hash: hash(1), source: source, content: .init(PictureFacts(format: "png", width: 1, height: 1))))
        #expect(try catalog.sources(at: [.file("/a"), .file("/b")]) == [source, nil])
    }

    @Test func equalFilesAreTwoPicturesWhereFilesArePictures() throws {
        let fixture = try CatalogFixture(.file)
        var origins: [[RowOrigin]] = []
        func commit(_ entries: IngestEntry...) throws -> [IngestOutcome] {
            try fixture.catalog.commit(entries) { rows, _ in origins.append(rows) }
        }
        let ids = (1...3).map { ImageID(rawValue: $0) }
        // What is known comes first, and nothing was known yet.
        #expect(try commit(entry(1, at: "/a"), entry(1, at: "/b", gone: [])) == [.added(ids[0]), .unknown])
        #expect(
            try commit(entry(1, at: "/b", gone: []), entry(1, at: "/c", gone: [])) == [.added(ids[1]), .added(ids[2])])
        #expect(origins == [[.entry(0)], [.slot(0), .slot(0)]])
        #expect(try commit(entry(1, at: "/d", gone: ["/c"])) == [.moved(ids[2])])
        #expect(try commit(entry(1, at: "/b", gone: [])) == [.touched(ids[1])])
        #expect(try fixture.catalog.known([hash(1)])[0].map(\.id) == ids)
        #expect(try fixture.catalog.slotProblems().isEmpty)
        #expect(try fixture.catalog.problems().isEmpty)
    }
}
