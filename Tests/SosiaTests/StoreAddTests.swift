import Foundation
@testable import Sosia
import SosiaCore
import TestSupport
import Testing

@Suite(.everyEngine) struct StoreAddTests {
    let folder: TemporaryFolder
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
    }

    private var photos: String { folder.path + "/photos" }

    private func add(_ configure: (inout IngestOptions) -> Void = { _ in }) async throws -> IngestReport {
        var options = IngestOptions()
        options.jobs = 2
        options.batch = 4
        configure(&options)
        return try await store.add([photos], options: options)
    }

    private func ids() async throws -> [String: ImageID] {
        var ids: [String: ImageID] = [:]
        for id in 1...100 {
            for record in try await store.records([ImageID(rawValue: Int64(id))]) {
                for source in record.places { ids[String(source.dropFirst(photos.count + 1))] = record.id }
            }
        }
        return ids
    }

    @Test func addsFoldersRecursivelyAndFindsEachPictureFirst() async throws {
        for number in 0..<10 { try folder.write(picture(number), to: "photos/\(number % 3)/\(number).JPG") }
        try folder.write(Array("not a picture".utf8), to: "photos/notes.txt")
        try folder.write(picture(99), to: "photos/.hidden.jpg")
        let report = try await add()
        #expect(report.added == 10)
        #expect(report.skipped.isEmpty)
        for number in 0..<10 {
            let answer = try await store.search(picture(number), k: 3)
            #expect(answer.hits.first?.record.places == ["\(photos)/\(number % 3)/\(number).JPG"])
            #expect(answer.hits.first?.distance == 0)
            #expect(answer.hits.count == 3)
        }
    }

    @Test func aSecondRunOpensNothing() async throws {
        for number in 0..<6 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await add()
        // Bytes that would fail to decode, under the stamp that the ledger has, show that no file is opened.
        try folder.write([UInt8](repeating: 0, count: picture(3).count), to: "photos/3.jpg")
        try await store.renewStamp(of: photos + "/3.jpg", hash: #require(ContentHash(of: picture(3))))
        let report = try await add()
        #expect(report.unchanged == 6)
        #expect(report.skipped.isEmpty)
        #expect(report.added == 0)
    }

    @Test func changedFilesKeepTheirIDs() async throws {
        for number in 0..<3 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await add()
        let before = try await ids()
        try folder.write(picture(50), to: "photos/1.jpg")
        let report = try await add()
        #expect(report.changed == 1)
        #expect(report.unchanged == 2)
        #expect(try await ids() == before)
        #expect(try await store.search(picture(50), k: 1).hits.first?.record.id == before["1.jpg"])
        #expect(try await store.search(picture(1), k: 1).hits.first?.distance ?? 0 > 0)
    }

    @Test func movedFilesKeepTheirIDs() async throws {
        for number in 0..<3 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await add()
        let before = try await ids()
        try folder.move("photos/1.jpg", to: "photos/elsewhere/one.jpg")
        let report = try await add()
        #expect(report.moved == 1)
        #expect(report.added == 0)
        #expect(try await ids()["elsewhere/one.jpg"] == before["1.jpg"])
        #expect(try await store.count() == 3)
    }

    @Test func filesThatExchangeTheirNamesExchangeTheirIDs() async throws {
        for number in 0..<2 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await add()
        let before = try await ids()
        try folder.write(picture(0) + [0], to: "photos/x.jpg")
        try folder.write(picture(1), to: "photos/0.jpg")
        try folder.write(picture(0), to: "photos/1.jpg")
        try folder.remove("photos/x.jpg")
        let report = try await add()
        #expect(report.changed == 2)
        let after = try await ids()
        #expect(after["0.jpg"] == before["1.jpg"])
        #expect(after["1.jpg"] == before["0.jpg"])
    }

    /// Chains and rings of renames that are longer than a batch.
    @Test(arguments: [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
    func renamedFilesKeepIDsAndAttributes(_ names: [Int]) async throws {
        func name(_ number: Int) -> String { String(format: "photos/%02d.jpg", number) }
        for number in 0..<12 { try folder.write(picture(number), to: name(number)) }
        _ = try await add { $0.attributes = ["album": .integer(1)] }
        let before = try await ids()
        for number in 0..<12 { try folder.remove(name(number)) }
        for number in 0..<12 { try folder.write(picture(number), to: name(names[number])) }
        try folder.write(picture(40), to: "photos/99.jpg")
        if names[0] == 1 { try folder.write(picture(41), to: name(0)) }
        let report = try await add()
        let after = try await ids()
        for number in 0..<12 {
            #expect(after[String(name(names[number]).dropFirst(7))] == before[String(name(number).dropFirst(7))])
        }
        #expect(report.added + report.changed + report.moved + report.duplicates == (names[0] == 1 ? 14 : 13))
        for id in 1...12 {
            #expect(try await store.record(ImageID(rawValue: Int64(id))).attributes == ["album": .integer(1)])
        }
        #expect(try await store.verify().problems.isEmpty)
        #expect(try await store.count() == (names[0] == 1 ? 14 : 13))
    }

    @Test func copiesAreOnePictureWithTwoPlaces() async throws {
        try folder.write(picture(1), to: "photos/a.jpg")
        _ = try await add()
        try folder.write(picture(1), to: "photos/b.jpg")
        let report = try await add()
        #expect(report.duplicates == 1)
        let hits = try await store.search(picture(1)).hits
        #expect(hits.map(\.record.places) == [[photos + "/a.jpg", photos + "/b.jpg"]])
    }

    @Test func attributesReachUnchangedPictures() async throws {
        for number in 0..<2 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await add { $0.attributes = ["shop": .string("A")] }
        let report = try await add {
            $0.attributes = ["shop": .string("B")]
            $0.attributesByPath = [photos + "/1.jpg": ["shop": .string("C"), "price": .number(2.5)]]
        }
        #expect(report.unchanged == 2)
        #expect(try await store.search(picture(0), k: 1).hits.first?.record.attributes == ["shop": .string("B")])
        #expect(
            try await store.search(picture(1), k: 1).hits.first?.record.attributes
                == ["shop": .string("C"), "price": .number(2.5)])
    }

    @Test func badFilesAreNamedAndTheRestIsAdded() async throws {
        try folder.write(picture(1), to: "photos/good.jpg")
        try folder.write([], to: "photos/empty.jpg")
        try folder.write(Array("hello".utf8), to: "photos/text.jpg")
        try folder.write(Array(picture(2).prefix(300)), to: "photos/cut.jpg")
        try folder.write(picture(3), to: "photos/line\nbreak.jpg")
        try FileManager.default.createSymbolicLink(atPath: photos + "/loop", withDestinationPath: photos)
        try FileManager.default.createSymbolicLink(atPath: photos + "/self.jpg", withDestinationPath: "self.jpg")
        try FileManager.default.createSymbolicLink(atPath: photos + "/nowhere.jpg", withDestinationPath: "gone.jpg")
        let report = try await add()
        #expect(report.added == 1)
        let reasons = Dictionary(uniqueKeysWithValues: report.skipped.map { ($0.path, $0.reason) })
        #expect(reasons[photos + "/empty.jpg"] == .decoding(.empty))
        #expect(reasons[photos + "/text.jpg"] == .decoding(.notAPicture(beginning: "it begins like text")))
        #expect(reasons[photos + "/cut.jpg"] == .decoding(.truncated))
        #expect(reasons[photos + "/line\nbreak.jpg"] == .nameHasLineBreak)
        #expect(reasons[photos + "/loop"] == .linkLoop)
        #expect(reasons[photos + "/self.jpg"] == .linkLoop)
        #expect(reasons[photos + "/nowhere.jpg"] == .notFound)
        #expect(reasons.count == 7)
    }

    @Test func namesThatAreNotUTF8AreSkipped() async throws {
        try folder.write(picture(1), to: "photos/good.jpg")
        let name = Array((photos + "/bad").utf8) + [0xff, 0xfe] + Array(".jpg".utf8) + [0]
        let descriptor = name.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                open($0.baseAddress ?? UnsafePointer(bitPattern: 1)!, O_CREAT | O_WRONLY, 0o644)
            }
        }
        try #require(descriptor >= 0)
        close(descriptor)
        let report = try await add()
        #expect(report.added == 1)
        #expect(report.skipped.map(\.reason) == [.nameIsNotUTF8])
    }

    @Test(.enabled(if: getuid() != 0 || isRootSqueezable, "needs a user for whom permissions count"))
    func foldersWithoutPermissionAreNamed() async throws {
        try folder.write(picture(1), to: "photos/good.jpg")
        try folder.write(picture(2), to: "photos/closed/a.jpg")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: photos + "/closed")
        defer {
            try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: photos + "/closed")
        }
        let report = try await add()
        #expect(report.added == 1)
        #expect(report.skipped == [SkippedFile(path: photos + "/closed", reason: .permissionDenied)])
    }

    /// Root reads everything; the command-line tests drop to another user for this.
    private static let isRootSqueezable = false

    @Test func aFileWhoseNameIsOnlyNormalisedOtherwiseIsMoved() async throws {
        try folder.write(picture(1), to: "photos/\u{e9}.jpg")
        _ = try await add()
        try folder.move("photos/\u{e9}.jpg", to: "photos/e\u{301}.jpg")
        #expect(try await add().moved == 1)
        #expect(try await store.record(ImageID(rawValue: 1)).sources.count == 1)
    }
}
