import Foundation
@testable import Sosia
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
        let store = try Store(opening: path)
        #expect(try await store.verify().problems.isEmpty)
        #expect(try await store.record(ImageID(rawValue: 1)).facts.camera == nil)
    }

    @Test func aReaderThatWasOpenGoesOnAfterAKilledWriter() async throws {
        let store = try Store(opening: path)
        #expect(try await store.search(ImageID(rawValue: 1)).hits.count == 9)
        try killWriterInTransaction()
        #expect(try await store.search(ImageID(rawValue: 1)).hits.count == 9)
    }
}
