import Foundation
@testable import Sosia
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

    /// A drive that is not mounted leaves its folder behind.
    @Test(arguments: ["usb", "usb/DCIM/100"]) func whatLayInAFolderThatIsEmptyIsKept(_ name: String) async throws {
        for number in 30..<33 { try folder.write(picture(number), to: "photos/\(name)/\(number).jpg") }
        var options = IngestOptions()
        options.attributes = ["album": .integer(1)]
        _ = try await store.add([folder.path + "/photos"], options: options)
        try folder.move("photos/usb", to: "away")
        // What a fresh file system has, too.
        for part in ["lost+found", ".Trash-1000"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/photos/usb/\(part)", withIntermediateDirectories: true)
        }
        try folder.remove("photos/0.jpg")
        let report = try await prune("photos")
        #expect(report.pruned == 1)
        #expect(report.skipped == [SkippedFile(path: folder.path + "/photos/usb", reason: .emptied(files: 3))])
        #expect(report.leavesOutPictures)
        #expect(report.skipped.first?.reason.description.contains("--force") == true)
        // And back.
        try folder.remove("photos/usb")
        try folder.move("away", to: "photos/usb")
        #expect(try await store.add([folder.path + "/photos"]).unchanged == 6)
        let hit = try #require(try await store.search(picture(31), k: 1).hits.first)
        #expect(hit.record.attributes == ["album": .integer(1)])
    }

    @Test func soIsWhatLayBehindALinkThatLeadsNowhere() async throws {
        try folder.write(picture(30), to: "disk/30.jpg")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/photos/link", withDestinationPath: folder.path + "/disk")
        #expect(try await store.add([folder.path + "/photos"]).added == 1)
        try folder.remove("disk")
        let report = try await prune("photos")
        #expect(report.pruned == 0)
        #expect(report.skipped == [SkippedFile(path: folder.path + "/photos/link", reason: .emptied(files: 1))])
    }

    @Test func anEmptyFolderIsForgottenByForce() async throws {
        for number in 4..<8 { try folder.remove("photos2/\(number).jpg") }
        #expect(try await prune("photos2").skipped.map(\.reason) == [.emptied(files: 4)])
        #expect(try await store.count() == 8)
        let report = try await prune("photos2", force: true)
        #expect(report.pruned == 4)
        #expect(report.skipped.isEmpty)
    }

    /// Says of the files of a folder that they were read on some other device.
    private func moveAway(_ numbers: Range<Int>, in name: String) async throws {
        for number in numbers {
            try await store.renewStamp(
                of: "\(folder.path)/\(name)/\(number).jpg", hash: #require(ContentHash(of: picture(number))),
                device: 123_456)
        }
    }

    @Test func whatWasReadOnAnotherDeviceIsKept() async throws {
        try await moveAway(4..<8, in: "photos2")
        for number in 4..<8 { try folder.remove("photos2/\(number).jpg") }
        // Another drive is mounted in the place of the one that was read, or what lay below it is seen.
        for number in 20..<24 { try folder.write(picture(number), to: "photos2/\(number).jpg") }
        let kept = SkippedFile(path: folder.path + "/photos2", reason: .otherDevice(files: 4))
        let report = try await prune("photos2")
        #expect((report.added, report.pruned) == (4, 0))
        #expect(report.skipped == [kept])
        #expect(try await prune("photos2").skipped == [kept])
        #expect(try await prune("photos2", force: true).pruned == 4)
    }

    /// A folder in `/media` goes with the drive.
    @Test func soIsWhatLayInAFolderThatIsGone() async throws {
        try await moveAway(4..<8, in: "photos2")
        try folder.remove("photos2")
        try folder.remove("photos/1.jpg")
        var options = IngestOptions()
        options.prune = true
        let report = try await store.add([folder.path], options: options)
        #expect(report.pruned == 1)
        #expect(report.skipped == [SkippedFile(path: folder.path, reason: .otherDevice(files: 4))])
    }

    /// Devices may get other numbers whenever they are mounted: what is still there shows that it is the same.
    @Test func aDeviceWithAnotherNumberIsTheSame() async throws {
        try await moveAway(0..<4, in: "photos")
        try folder.remove("photos/1.jpg")
        let report = try await prune("photos")
        #expect((report.pruned, report.unchanged) == (1, 3))
        #expect(report.skipped.isEmpty)
    }
}
