import Foundation
import Sosia
import SosiaCore
import TestSupport
import Testing

@Suite(.everyEngine) struct StorePruneTests {
    let folder: TemporaryFolder
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
        for number in 0..<4 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        for number in 4..<8 { try folder.write(picture(number), to: "photos2/\(number).jpg") }
        _ = try await store.add([folder.path + "/photos", folder.path + "/photos2"])
    }

    private func prune(_ name: String, force: Bool = false) async throws -> IngestReport {
        var options = IngestOptions()
        options.prune = true
        options.force = force
        return try await store.add([folder.path + "/" + name], options: options)
    }

    @Test func forgetsVanishedFilesOfTheGivenFolderOnly() async throws {
        try folder.remove("photos/0.jpg")
        try folder.remove("photos2/4.jpg")
        #expect(try await prune("photos").pruned == 1)
        #expect(try await store.count() == 7)
        // "photos2" begins like "photos" but is another folder.
        #expect(try await store.search(picture(4), k: 1).hits.first?.distance == 0)
    }

    @Test func withoutPruneNothingIsForgotten() async throws {
        try folder.remove("photos/0.jpg")
        _ = try await store.add([folder.path + "/photos"])
        #expect(try await store.count() == 8)
    }

    @Test func refusesWhenMoreThanHalfWouldGo() async throws {
        for number in 0..<3 { try folder.remove("photos/\(number).jpg") }
        await #expect(throws: StoreError.pruneTooLarge(gone: 3, known: 4)) { try await prune("photos") }
        #expect(try await store.count() == 8)
        #expect(try await prune("photos", force: true).pruned == 3)
        #expect(try await store.count() == 5)
    }

    @Test func halfMayGo() async throws {
        for number in 0..<2 { try folder.remove("photos/\(number).jpg") }
        #expect(try await prune("photos").pruned == 2)
    }

    @Test func refusesWhenTheFolderIsMissing() async throws {
        try folder.remove("photos")
        await #expect(throws: StoreError.pruneRootMissing(path: folder.path + "/photos")) {
            try await prune("photos")
        }
        #expect(try await store.count() == 8)
    }

    @Test func removeForgetsFoldersFilesAndIDs() async throws {
        #expect(try await store.remove(paths: [folder.path + "/photos2"]) == 4)
        #expect(try await store.remove(paths: [folder.path + "/photos/0.jpg", folder.path + "/nothing"]) == 1)
        #expect(try await store.count() == 3)
        #expect(FileManager.default.fileExists(atPath: folder.path + "/photos/0.jpg"))
    }

    @Test func foldersThatAreNamedTwiceCountOnce() async throws {
        for number in 0..<3 { try folder.remove("photos/\(number).jpg") }
        var options = IngestOptions()
        options.prune = true
        let paths = ["", "/../photos", "/3.jpg"].map { folder.path + "/photos" + $0 }
        await #expect(throws: StoreError.pruneTooLarge(gone: 3, known: 4)) {
            try await store.add(paths, options: options)
        }
        #expect(try await store.count() == 8)
    }

    @Test func namesThatDifferInNormalisationOnlyAreTwo() async throws {
        try folder.write(picture(20), to: "photos2/\u{e9}.jpg")
        try folder.write(picture(21), to: "photos2/e\u{301}.jpg")
        _ = try await store.add([folder.path + "/photos2"])
        try folder.remove("photos2/\u{e9}.jpg")
        try folder.remove("photos2/e\u{301}.jpg")
        #expect(try await prune("photos2").pruned == 2)
    }

    @Test func whatLayBelowAFolderThatIsAFileByNowIsGone() async throws {
        try folder.write(picture(30), to: "photos2/deep/30.jpg")
        _ = try await store.add([folder.path + "/photos2"])
        try folder.remove("photos2/deep")
        try folder.write([0], to: "photos2/deep")
        #expect(try await prune("photos2").pruned == 1)
    }
}
