@testable import EmbeddedEngine
import Foundation
@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// The truth on disk: what survives, what is noticed, what is refused.
struct StoreTruthTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/a.sosia" }
    var layout: CollectionFiles { CollectionFiles(path) }

    init() async throws {
        folder = try TemporaryFolder()
        for number in 0..<10 { try folder.write(picture(number), to: "photos/\(number).jpg") }
    }

    /// Adds the ten photos and lets go of the collection.
    private func fill(_ attributes: Attributes = [:]) async throws {
        let store = try await Store(creating: path, embedder: GridEmbedder())
        var options = IngestOptions()
        options.attributes = attributes
        _ = try await store.add([folder.path + "/photos"], options: options)
    }

    private func edit(_ file: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: file))
        change(&data)
        try data.write(to: URL(fileURLWithPath: file))
    }

    @Test func reopensWithEverything() async throws {
        try await fill()
        let store = try await Store(opening: path)
        #expect(try await store.count() == 10)
        let report = try await store.verify()
        #expect(report.problems.isEmpty)
        #expect(report.pictures == 10)
    }

    @Test func oneWriterAtATime() async throws {
        let first = try await Store(creating: path, embedder: GridEmbedder())
        let error = await #expect(throws: StoreError.self) { try await Store(opening: path, writable: true) }
        guard case .locked(path: path, holder: let holder?)? = error else { throw try #require(error) }
        #expect(holder.process == ProcessInfo.processInfo.processIdentifier && holder.machine == .system)
        #expect("\(try #require(error))".hasPrefix("process \(holder.process) on "))
        // Readers are welcome meanwhile.
        #expect(try await Store(opening: path).count() == 0)
        _ = first
    }

    @Test func aReaderNoticesWhatAnotherWrites() async throws {
        let writer = try await Store(creating: path, embedder: GridEmbedder())
        let reader = try await EmbeddedEngine.open(path: path, access: .read, machine: .host)
        let query = try GridEmbedder().embed(
            ImageDecoder().decode(picture(3), for: GridEmbedder().input).pixels)
        #expect(try await reader.search(SearchRequest(.embedding(query))).hits.isEmpty)
        _ = try await writer.add([folder.path + "/photos"])
        let hits = try await reader.search(SearchRequest(.embedding(query))).hits
        #expect(hits.count == 10)
        #expect(hits.first?.record.places == [folder.path + "/photos/3.jpg"])
        _ = try await writer.remove([hits[0].record.id])
        #expect(try await reader.search(SearchRequest(.embedding(query))).hits.count == 9)
        _ = try await writer.compact()
        #expect(
            try await reader.search(SearchRequest(.embedding(query))).hits.map(\.distance)
                == hits.dropFirst().map(\.distance))
    }

    @Test func rowsNobodyNamedAreReused() async throws {
        try await fill()
        // A crash between fsync and commit leaves rows behind.
        try edit(layout.vectors) { $0.append(Data(repeating: 0xee, count: 5 * 48 * 4 + 17)) }
        let store = try await Store(creating: path, embedder: GridEmbedder())
        #expect(try await store.verify().problems.isEmpty)
        try folder.write(picture(77), to: "photos/77.jpg")
        _ = try await store.add([folder.path + "/photos"])
        #expect(try await store.verify().problems.isEmpty)
        #expect(try await store.search(picture(77), k: 1).hits.first?.distance == 0)
    }

    @Test func verifyNamesTheDamagedRow() async throws {
        try await fill()
        try edit(layout.vectors) { $0[64 + 3 * 48 * 4 + 10] ^= 1 }
        let report = try await Store(opening: path).verify()
        #expect(report.problems.count == 1)
        guard case .vector(_, row: 3) = report.problems.first else {
            Issue.record("\(report.problems)")
            return
        }
    }

    @Test(arguments: 0..<64) func everyDamagedByteOfTheHeaderIsNoticed(_ position: Int) async throws {
        try await fill()
        try edit(layout.vectors) { $0[position] ^= 0x40 }
        let store = try await Store(opening: path)
        await #expect(throws: StoreError.self) { try await store.engine.prepare() }
        #expect(try await store.verify().problems.count == 1)
        await #expect(throws: StoreError.self) { try await Store(opening: path, writable: true) }
    }

    @Test(arguments: [0, 1, 63, 64, 65, 64 + 48 * 4 * 10 - 1]) func aShortenedFileIsNoticed(_ length: Int) async throws
    {
        try await fill()
        try edit(layout.vectors) { $0.removeSubrange(length...) }
        let store = try await Store(opening: path)
        await #expect(throws: StoreError.self) { try await store.engine.prepare() }
        #expect(try await store.verify().problems.count == 1)
    }

    /// Damage of every kind, the rows it costs, and the way back: repair, add again.
    @Test(arguments: [
        ("a row", 1), ("the header", 0), ("the length", 5), ("the whole file", 10), ("the slots", 1), ("a number", 1),
    ]) func repairKeepsWhatCanBeReadAndAddingBringsBackTheRest(_ damage: String, _ lost: Int) async throws {
        try await fill(["album": .integer(1)])
        let before = try await Store(opening: path).records((1...10).map { ImageID(rawValue: $0) })

        switch damage {
        case "a row": try edit(layout.vectors) { $0[64 + 3 * 48 * 4 + 10] ^= 1 }
        case "the header": try edit(layout.vectors) { $0[3] ^= 1 }
        case "the length": try edit(layout.vectors) { $0.removeLast(4 * 48 * 4 + 1) }
        case "the whole file": try FileManager.default.removeItem(atPath: layout.vectors)
        case "the slots":
            try await shell("sqlite3", layout.catalog, "UPDATE image SET slot = 99 WHERE id = 4")
        default:
            // Not a number.
            try edit(layout.vectors) { $0.replaceSubrange(64..<68, with: [0, 0, 0xc0, 0x7f]) }
        }
        #expect(try await Store(opening: path).verify().problems.isEmpty == false)
        let report = try await Store.repair(path)
        #expect(report.pictures == 10 - lost)
        #expect(report.lost.count == lost)
        #expect(report.lost.allSatisfy { $0.sources.count == 1 })
        #expect(try await Store(opening: path).verify().problems.isEmpty)
        #expect(try await Store(opening: path).status().engine.lost == lost)
        // Another one finds nothing to do.
        let repaired = try? Data(contentsOf: URL(fileURLWithPath: layout.vectors))
        #expect(try await Store.repair(path) == report)
        #expect(try Data(contentsOf: URL(fileURLWithPath: layout.vectors)) == repaired)

        let again = try await Store(creating: path, embedder: GridEmbedder())
        #expect(try await again.count() == 10 - lost)
        #expect(try await again.add([folder.path + "/photos"]).added == lost)
        #expect(try await again.records((1...10).map { ImageID(rawValue: $0) }) == before)
        #expect(try await again.compact().pictures == 10)
        #expect(try await again.verify() == VerifyReport(pictures: 10, vacant: 0, problems: []))
        #expect(try await again.status().engine.lost == 0)
        for number in 0..<10 {
            #expect(try await again.search(picture(number), k: 1).hits.first?.distance == 0)
        }
    }

    @Test func aLostPictureIsForgottenWhenItsFileOrIDIs() async throws {
        try await fill()
        try edit(layout.vectors) { $0.removeLast(4 * 48 * 4) }
        #expect(try await Store.repair(path).lost.map(\.id.rawValue) == [7, 8, 9, 10])
        let store = try await Store(creating: path, embedder: GridEmbedder())
        #expect(try await store.remove([ImageID(rawValue: 7)]) == 1)
        #expect(try await store.remove(paths: [folder.path + "/photos/7.jpg"]) == 1)
        #expect(try await store.status().engine.lost == 2)
        // A moved file and a changed one are the pictures they were.
        try folder.move("photos/8.jpg", to: "photos/eight.jpg")
        try folder.write(picture(60), to: "photos/9.jpg")
        _ = try await store.add([folder.path + "/photos"])
        #expect(try await store.record(ImageID(rawValue: 9)).places == [folder.path + "/photos/eight.jpg"])
        #expect(try await store.record(ImageID(rawValue: 10)).places == [folder.path + "/photos/9.jpg"])
        #expect(try await store.status().engine.lost == 0)
        #expect(try await store.count() == 10)
    }

    @Test func aLostCatalogIsNotReplaced() async throws {
        try await fill()
        try FileManager.default.removeItem(atPath: layout.catalog)
        await #expect(throws: StoreError.self) { try await Store(creating: path, embedder: GridEmbedder()) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: layout.vectors)).count == 64 + 10 * 48 * 4)
    }

    @Test func aDamagedCatalogIsAnError() async throws {
        try await fill()
        try edit(layout.catalog) { for index in 0..<$0.count { $0[index] = UInt8(truncatingIfNeeded: index &* 7) } }
        await #expect(throws: StoreError.self) { try await Store(opening: path) }
    }

    @Test func anEmptyCatalogIsAnErrorAndKeepsTheVectors() async throws {
        try await fill()
        let vectors = try Data(contentsOf: URL(fileURLWithPath: layout.vectors))
        try Data().write(to: URL(fileURLWithPath: layout.catalog))
        await #expect(throws: StoreError.damaged(path: layout.catalog, reason: "it is not a catalog")) {
            try await Store(opening: path)
        }
        await #expect(throws: StoreError.damaged(path: layout.catalog, reason: "it is not a catalog")) {
            try await Store(creating: path, embedder: GridEmbedder())
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: layout.vectors)) == vectors)
    }

    @Test func aCatalogOfALaterVersionIsLeftAlone() async throws {
        try await fill()
        try await shell("sqlite3", layout.catalog, "INSERT INTO grdb_migrations VALUES ('9 from the future')")
        let before = try Data(contentsOf: URL(fileURLWithPath: layout.catalog))
        await #expect(throws: StoreError.newerVersion(path: layout.catalog)) { try await Store(opening: path) }
        await #expect(throws: StoreError.newerVersion(path: layout.catalog)) {
            try await Store(opening: path, writable: true)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: layout.catalog)) == before)
    }

    @Test func anotherModelIsRefusedWithBothNames() async throws {
        try await fill()
        let other = GridEmbedder(name: "other")
        await #expect(throws: EngineError.modelMismatch(got: other.identity, expected: GridEmbedder().identity)) {
            try await Store(creating: path, embedder: other)
        }
    }

    @Test func compactionGivesSpaceBackAndChangesNoAnswer() async throws {
        let store = try await Store(creating: path, embedder: GridEmbedder())
        _ = try await store.add([folder.path + "/photos"])
        try folder.write(picture(55), to: "photos/0.jpg")
        _ = try await store.add([folder.path + "/photos"])
        _ = try await store.remove(paths: [folder.path + "/photos/5.jpg"])
        let before = try await store.search(picture(1)).hits
        let report = try await store.compact()
        #expect(report.pictures == 9)
        #expect(try Data(contentsOf: URL(fileURLWithPath: layout.vectors)).count == 64 + 9 * 48 * 4)
        #expect(try await store.search(picture(1)).hits == before)
        #expect(try await store.verify() == VerifyReport(pictures: 9, vacant: 0, problems: []))
        _ = try await store.add([folder.path + "/photos"])
        #expect(try await store.count() == 10)
    }

    @Test(arguments: [StoreError.diskFull(path: "a"), .busy(path: "a")])
    func aCompactionThatWasAdoptedIsDone(_ error: StoreError) async throws {
        let store = try await Store(creating: path, embedder: GridEmbedder())
        _ = try await store.add([folder.path + "/photos"])
        _ = try await store.remove(paths: [folder.path + "/photos/5.jpg"])
        let report = try await #require(store.engine as? EmbeddedEngine).writable().compact { _ in throw error }
        #expect(report.pictures == 9)
        #expect(report.ledgerError == error)
        #expect(try await store.verify() == VerifyReport(pictures: 9, vacant: 0, problems: []))
        #expect(try await store.compact().ledgerError == nil)
    }

    @Test(arguments: [false, true]) func aCompactionThatWasInterruptedIsSettled(_ adopted: Bool) async throws {
        let store = try await Store(creating: path, embedder: GridEmbedder())
        _ = try await store.add([folder.path + "/photos"])
        _ = try await store.remove(paths: [folder.path + "/photos/5.jpg"])
        let old = try Data(contentsOf: URL(fileURLWithPath: layout.vectors))
        let catalog = try Data(contentsOf: URL(fileURLWithPath: layout.catalog))
        _ = try await store.compact()
        let new = try Data(contentsOf: URL(fileURLWithPath: layout.vectors))
        let copy = folder.path + "/b.sosia"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        let crashed = CollectionFiles(copy)
        try old.write(to: URL(fileURLWithPath: crashed.vectors))
        try new.write(to: URL(fileURLWithPath: crashed.nextVectors))
        try (adopted ? Data(contentsOf: URL(fileURLWithPath: layout.catalog)) : catalog)
            .write(to: URL(fileURLWithPath: crashed.catalog))
        // A reader finds the right generation before anybody has settled it; a writer settles it.
        #expect(try await Store(opening: copy).verify().problems.isEmpty)
        #expect(try await Store(opening: copy, writable: true).verify().problems.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: crashed.nextVectors))
        #expect(try await Store(opening: copy).count() == 9)
    }

    @Test func aCompactionThatFailedBehindItsCommitIsFinishedByTheNextChange() async throws {
        let store = try await Store(creating: path, embedder: GridEmbedder())
        _ = try await store.add([folder.path + "/photos"])
        _ = try await store.remove(paths: [folder.path + "/photos/5.jpg"])
        let (vectors, aside) = (layout.vectors, folder.path + "/aside")
        // The next generation cannot get its name.
        await #expect(throws: StoreError.self) {
            _ = try await store.compact { done, count in
                guard done == count else { return }
                try? FileManager.default.moveItem(atPath: vectors, toPath: aside)
                try? FileManager.default.createDirectory(atPath: vectors, withIntermediateDirectories: false)
            }
        }
        try FileManager.default.removeItem(atPath: vectors)
        try FileManager.default.moveItem(atPath: aside, toPath: vectors)
        #expect(try await store.add([folder.path + "/photos"]).added == 1)
        for store in [store, try await Store(opening: path)] {
            #expect(try await store.verify() == VerifyReport(pictures: 10, vacant: 0, problems: []))
        }
    }
}

private func shell(_ command: String...) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
}
