import Foundation
@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// Records that are not what was written: what is told of them, what is refused, and what a repair makes of them.
struct StoreRecordTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/a.sosia" }
    let third = ImageID(rawValue: 3)

    init() async throws {
        folder = try TemporaryFolder()
        for number in 0..<5 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        let store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
        var options = IngestOptions()
        options.attributes = ["shop": .string("A")]
        _ = try await store.add([folder.path + "/photos"], options: options)
        _ = try await store.add([Upload(name: "up.jpg", bytes: picture(9))])
    }

    /// As another program would, which knows nothing of checksums.
    private func sqlite(_ statements: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", path + "/catalog.sqlite", statements]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    /// Each text and fact of a record, and everything else that the ledger keeps.
    @Test(arguments: [
        "format = 'gif'", "width = 33", "height = 31", "captured = '2001-01-01T00:00:00'", "latitude = 0.0",
        "longitude = 4.5", "camera = 'x'", #"attributes = '{"shop":"B"}'"#, "attributes = '['",
    ]) func everyColumnOfARecordIsProtected(_ change: String) async throws {
        try sqlite("UPDATE image SET \(change) WHERE id = 3")
        let store = try await Store(opening: path)
        #expect(try await store.verify().problems.contains(.record(of: third)))
        let error = StoreError.recordDamaged(path: path + "/catalog.sqlite", third)
        await #expect(throws: error) { try await store.record(third) }
        await #expect(throws: error) { try await store.pictures(limit: 9) }
        await #expect(throws: error) { try await store.search(ImageID(rawValue: 1), k: 9) }
        #expect(try await store.pictures(before: third, limit: 9).count == 2)
        #expect(error.description.contains("picture 3") && error.description.contains("sosia verify --repair"))
    }

    @Test(arguments: [
        "UPDATE source SET size = size + 1 WHERE image = 3", "UPDATE source SET modified = NULL WHERE image = 3",
        "UPDATE source SET inode = 1 WHERE image = 3", "UPDATE collection SET machine = 'elsewhere'",
        "UPDATE collection SET weights_sha256 = 'x'", "UPDATE collection SET revision = revision + 1",
        "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'image'",
        "UPDATE source SET location = location || 'x' WHERE image = 3",
        "INSERT INTO source (location, image) VALUES ('/new', 3)", "CREATE INDEX other ON image(width)",
        "PRAGMA user_version = 4", "PRAGMA application_id = 4",
    ]) func everythingElseOfTheLedgerIsProtected(_ change: String) async throws {
        #expect(try await Store(opening: path).verify().problems.isEmpty)
        try sqlite(change)
        #expect(try await !Store(opening: path).verify().problems.isEmpty)
    }

    @Test func nothingIsWrittenToACollectionWhoseDescriptionIsDamaged() async throws {
        try sqlite("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'image'")
        let store = try await Store(creating: path, embedder: GridEmbedder())
        try folder.write(picture(50), to: "photos/50.jpg")
        await #expect(throws: StoreError.self) { try await store.add([folder.path + "/photos"]) }
        #expect(try await store.count() == 6)
    }

    /// The file tells what the record lost; its checksum proves that nothing else is wrong.
    @Test(arguments: ["format = 'gif', width = 7", "camera = 'x'", "latitude = 0.0"])
    func repairReadsTheFileAgain(_ change: String) async throws {
        let before = try await Store(opening: path).records((1...6).map { ImageID(rawValue: $0) })
        // One from a file, one from an upload.
        try sqlite("UPDATE image SET \(change) WHERE id IN (3, 6)")
        let report = try await Store.repair(path)
        #expect(
            report.records == [
                RecordRepair(id: third, outcome: .mended), RecordRepair(id: ImageID(rawValue: 6), outcome: .mended),
            ])
        let store = try await Store(opening: path)
        #expect(try await store.verify().problems.isEmpty)
        #expect(try await store.records((1...6).map { ImageID(rawValue: $0) }) == before)
        #expect(try await Store.repair(path).records.isEmpty)
    }

    @Test func repairSaysWhatItCannotProve() async throws {
        try sqlite(#"UPDATE image SET width = 7, attributes = '{"shop":"B"}' WHERE id IN (3, 4)"#)
        try folder.remove("photos/3.jpg")
        let report = try await Store.repair(path)
        let fourth = ImageID(rawValue: 4)
        #expect(
            report.records == [
                RecordRepair(id: third, outcome: .factsRead), RecordRepair(id: fourth, outcome: .unproven),
            ])
        let store = try await Store(creating: path, embedder: GridEmbedder())
        #expect(try await store.verify().problems.isEmpty)
        #expect(try await store.record(third).facts.width == 32)
        #expect(try await store.record(fourth).facts.width == 7)
        #expect(try await store.record(third).attributes == ["shop": .string("B")])
        // Nothing is wrong with its vector.
        #expect(try await store.search(picture(2), k: 1).hits.map(\.record.id) == [third])
    }

    /// A location is kept twice: in the table, and in the index over it.
    @Test(arguments: [true, false]) func repairTakesALocationFromWhereItIsWhole(_ isLast: Bool) async throws {
        let name = folder.path + "/photos/2.jpg"
        let catalog = URL(fileURLWithPath: path + "/catalog.sqlite")
        var bytes = try Data(contentsOf: catalog)
        var places: [Int] = []
        var rest = bytes.startIndex..<bytes.endIndex
        while let found = bytes.range(of: Data(name.utf8), in: rest) {
            places.append(found.upperBound - 5)
            rest = found.upperBound..<bytes.endIndex
        }
        try #require(places.count >= 2)
        let place = try #require(isLast ? places.last : places.first)
        // Other than the other names, and not in their order.
        bytes[place] ^= 8
        try bytes.write(to: catalog)
        #expect(try await !Store(opening: path).verify().problems.isEmpty)
        _ = try await Store.repair(path)
        let store = try await Store(opening: path)
        #expect(try await store.verify().problems == [])
        #expect(try await store.record(third).places == [name])
    }
}
