import Foundation
@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// Pipes where files should be, and folders that are not there any more.
struct StoreSpecialFileTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/a.sosia" }

    init() async throws {
        folder = try TemporaryFolder()
        for number in 0..<3 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        let store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
        _ = try await store.add([folder.path + "/photos"])
        _ = try await store.add([Upload(name: "up.jpg", bytes: picture(9))])
        try await store.prepareIndexes(.named("exact"))
    }

    /// Every file of the collection, and the ones that SQLite would look for.
    private var files: [String] {
        let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        let plain = all.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        return Set(plain).union([
            "catalog.sqlite-journal", "catalog.sqlite-wal", "vectors.f32.next", "index/builder.lock",
        ])
        .sorted()
    }

    /// Nothing waits for the other end of a pipe, whatever file it lies in place of.
    @Test(.timeLimit(.minutes(5))) func aPipeInPlaceOfAnyFileKeepsNobodyWaiting() async throws {
        let files = files
        #expect(files.contains("writer.lock") && files.contains { $0.hasPrefix("originals/") })
        for name in files {
            let copy = folder.path + "/copy.sosia"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            defer { try? FileManager.default.removeItem(atPath: copy) }
            let file = copy + "/" + name
            try? FileManager.default.removeItem(atPath: file)
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try #require(mkfifo(file, 0o644) == 0)
            let uses: [() async throws -> Void] = [
                { _ = try await Store(opening: copy).search(ImageID(rawValue: 1)) },
                { _ = try await Store(opening: copy).verify() },
                { _ = try await Store(creating: copy, embedder: GridEmbedder()).add([folder.path + "/photos"]) },
                { _ = try await Store(creating: copy, embedder: GridEmbedder()).compact() },
                { _ = try await Store.repair(copy) },
            ]
            // Refused or done without, by a value.
            for use in uses { try? await use() }
            if name == "catalog.sqlite" || name == "catalog.sqlite-journal" {
                let error = StoreError.damaged(path: file, reason: "it is not a regular file")
                await #expect(throws: error) { try await Store(opening: copy) }
            }
            if name == "vectors.f32" {
                // The repair has put a file in its place.
                #expect(try await Store(opening: copy).verify().problems.isEmpty)
            }
        }
    }

    @Test(arguments: [true, false]) func aCollectionThatHasGoneSaysSoAndIsNotMadeAgain(_ isMoved: Bool) async throws {
        let store = try await Store(creating: path, embedder: GridEmbedder())
        try await store.prepare()
        if isMoved {
            try folder.move("a.sosia", to: "b.sosia")
        } else {
            try folder.remove("a.sosia")
        }
        let gone = StoreError.gone(path: path)
        await #expect(throws: gone) { try await store.prepare() }
        await #expect(throws: gone) { try await store.add([Upload(name: "x.jpg", bytes: picture(20))]) }
        #expect(!FileManager.default.fileExists(atPath: path))
        // Another collection in its place is not the one that was opened.
        _ = try await Store(creating: path, embedder: GridEmbedder())
        await #expect(throws: gone) { try await store.prepare() }
    }
}
