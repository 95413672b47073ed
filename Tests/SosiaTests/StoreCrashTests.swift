import Foundation
@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// Readers beside writers that crash or compact, and catalogs that claim what is not there.
struct StoreCrashTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/a.sosia" }

    init() async throws {
        folder = try TemporaryFolder()
        for number in 0..<10 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await Store(creating: path, embedder: GridEmbedder()).add([folder.path + "/photos"])
    }

    /// Runs SQL in a process of its own; it ends as the SQL says.
    private func sqlite(_ script: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", path + "/catalog.sqlite"]
        let input = Pipe()
        process.standardInput = input
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func killWriterInTransaction() throws {
        // So small a cache writes into the file before the commit, and the journal is needed.
        _ = try sqlite(
            """
            PRAGMA cache_size = 1;
            BEGIN IMMEDIATE;
            UPDATE image SET camera = hex(randomblob(9000));
            .shell kill -9 $PPID

            """)
        try #require(FileManager.default.fileExists(atPath: path + "/catalog.sqlite-journal"))
    }

    @Test func aReaderOpensWhatAKilledWriterLeft() async throws {
        try killWriterInTransaction()
        let store = try await Store(opening: path)
        #expect(try await store.verify().problems.isEmpty)
        #expect(try await store.record(ImageID(rawValue: 1)).facts.camera == nil)
    }

    @Test func aReaderThatWasOpenGoesOnAfterAKilledWriter() async throws {
        let store = try await Store(opening: path)
        #expect(try await store.search(ImageID(rawValue: 1)).hits.count == 9)
        try killWriterInTransaction()
        #expect(try await store.search(ImageID(rawValue: 1)).hits.count == 9)
    }

    @Test func readersDoNotNoticeCompactions() async throws {
        let writer = try await Store(opening: path, writable: true)
        let folder = folder
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 100..<160 {
                    try folder.write(picture(number), to: "photos/0.jpg")
                    let path = folder.path + "/photos/0.jpg"
                    let file = try FileContent(reading: path)
                    let reader = PictureReader(decoder: writer.decoder, embedder: GridEmbedder())
                    let source = ImageSource(location: .file(path: path, machine: .host), stamp: file.stamp)
                    let entry = IngestEntry(
                        hash: file.hash, source: source, content: try reader.content(of: file.bytes))
                    _ = try await writer.engine.commit(IngestUnit([entry]))
                    _ = try await writer.compact()
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<200 {
                        let reader = try await Store(opening: path)
                        #expect(try await reader.search(ImageID(rawValue: 5)).hits.count == 9)
                        #expect(try await reader.verify().problems == [])
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: [
        "UPDATE collection SET rows = 9000000000000000000", "UPDATE collection SET rows = 100000000000",
        "UPDATE collection SET rows = 11", "UPDATE image SET slot = 99999 WHERE id = 3",
        "UPDATE image SET slot = -5 WHERE id = 3", "UPDATE collection SET generation = 9223372036854775807",
        "UPDATE collection SET dimension = 9223372036854775807",
    ]) func aCatalogThatClaimsTooMuchIsAnError(_ change: String) async throws {
        #expect(try sqlite(change + ";\n") == 0)
        let reader = try await Store(opening: path)
        await #expect(throws: StoreError.self) { try await reader.search(ImageID(rawValue: 1)) }
        #expect(try await reader.verify().problems.isEmpty == false)
        await #expect(throws: StoreError.self) { try await Store(opening: path, writable: true).compact() }
    }

    @Test(arguments: [
        "ALTER TABLE collection RENAME COLUMN pooling TO pollong", "ALTER TABLE image RENAME COLUMN format TO farmot",
        "UPDATE image SET attributes = '{' WHERE id = 3", "UPDATE collection SET precision = 'f31'",
    ]) func aCatalogOfAnotherShapeIsAnError(_ change: String) async throws {
        #expect(try sqlite(change + ";\n") == 0)
        await #expect(throws: StoreError.self) {
            _ = try await Store(opening: path).search(ImageID(rawValue: 1))
        }
    }

    @Test func verifyNamesAttributesThatAreNotJSON() async throws {
        #expect(try sqlite("UPDATE image SET attributes = '{' WHERE id = 3;\n") == 0)
        let problems = try await Store(opening: path).verify().problems
        #expect(
            problems == [
                .ledger("the attributes of 1 pictures are not JSON"), .record(of: ImageID(rawValue: 3)),
            ])
    }
}
