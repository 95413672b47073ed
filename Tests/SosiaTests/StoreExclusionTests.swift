import Foundation
import Sosia
import SosiaCore
import TestSupport
import Testing

/// What walks through folders pass over, and what they say of it.
@Suite(.everyEngine) struct StoreExclusionTests {
    let folder: TemporaryFolder
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
    }

    private var photos: String { folder.path + "/photos" }

    /// A picture that depends on the name.
    private static func content(_ name: String) throws -> [UInt8] {
        try picture(name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff })
    }

    private func write(_ names: String...) throws {
        for name in names { try folder.write(Self.content(name), to: "photos/" + name) }
    }

    private func add(
        _ path: String? = nil, _ configure: (inout IngestOptions) -> Void = { _ in }
    ) async throws -> IngestReport {
        var options = IngestOptions()
        configure(&options)
        return try await store.add([path ?? photos], options: options)
    }

    @Test func whatSystemsKeepIsPassedOverAndCounted() async throws {
        try write(
            "album/1.jpg", "album/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg", "@eaDir/2.jpg", "#recycle/3.jpg",
            "$RECYCLE.BIN/S-1/4.jpg", ".Trash-1000/files/5.jpg", "lost+found/6.jpg",
            "System Volume Information/7.jpg", "@Recently-Snapshot/GMT/8.jpg", ".hidden/9.jpg", ".10.jpg", "._1.jpg")
        let report = try await add()
        #expect(report.added == 1)
        #expect(
            report.passedOver.system == [
                "@eaDir": 2, "#recycle": 1, "$RECYCLE.BIN": 1, ".Trash-1000": 1, "lost+found": 1,
                "System Volume Information": 1, "@Recently-Snapshot": 1, "._1.jpg": 1,
            ])
        #expect(report.passedOver.hidden == 2)
        #expect(!report.leavesOutPictures)
        let hidden = try await add { $0.includesHidden = true }
        #expect((hidden.added, hidden.unchanged) == (2, 1))
        #expect(hidden.passedOver.hidden == 0)
        // What is named is meant.
        #expect(try await add(photos + "/#recycle").added == 1)
    }

    @Test func aFileThatIsCalledLikeAFolderOfASystemIsAFile() async throws {
        try write("#recycle.jpg", "recycler")
        #expect(try await add().added == 2)
    }

    @Test func theCollectionItselfIsNotAdded() async throws {
        try folder.write(picture(1), to: "a.sosia/originals/ab/1")
        try folder.write(picture(2), to: "other.sosia/thumbnails/2.jpg")
        try folder.write(picture(3), to: "3.jpg")
        let report = try await add(folder.path)
        #expect(report.added == 1)
        #expect(report.passedOver.isEmpty)
    }

    @Test func patternsAreRememberedByTheCollection() async throws {
        try write("a.jpg", "b.png", "raw/c.jpg", "raw/keep/d.jpg", "deep/raw/e.jpg")
        let first = try await add { $0.exclusions = ["*.png", "/raw"] }
        #expect(first.added == 2)
        #expect(first.passedOver.excluded == 2)
        #expect(try await store.exclusions() == ["*.png", photos + "/raw"])
        #expect(try await store.status().exclusions == ["*.png", photos + "/raw"])
        #expect(try await Store(opening: folder.path + "/a.sosia").exclusions().count == 2)
        // Without being told again, in other folders, too.
        try folder.write(picture(90), to: "more/raw/f.jpg")
        try folder.write(picture(91), to: "more/g.png")
        let report = try await store.add([folder.path + "/more", photos])
        #expect((report.added, report.unchanged, report.passedOver.excluded) == (1, 2, 3))
        // Taken back, and put last by being given again.
        #expect(try await add { $0.exclusions = ["!/raw", "*.png"] }.added == 2)
        #expect(try await store.exclusions() == [photos + "/raw", "!" + photos + "/raw", "*.png"])
        #expect(try await add { $0.exclusions = ["", "[a"] }.unchanged == 4)
        #expect(try await store.exclusions().count == 3)
    }

    @Test func tooManyPatternsAreRefused() async throws {
        try write("a.jpg")
        await #expect(throws: EngineError.self) {
            try await add { $0.exclusions = (0..<700).map { "\($0)" + String(repeating: "x", count: 100) } }
        }
        #expect(try await store.exclusions().isEmpty)
        #expect(try await store.count() == 0)
    }

    /// Pictures that came in before a pattern was given.
    @Test func pruningForgetsWhatIsExcluded() async throws {
        try write("1.jpg", "2.jpg", "3.jpg", "4.jpg", "album/thumb_1.jpg")
        _ = try await add()
        try write("@eaDir/5.jpg")
        #expect(try await add(photos + "/@eaDir/5.jpg").added == 1)
        #expect(try await add { $0.exclusions = ["thumb_*"] }.pruned == 0)
        #expect(try await store.count() == 6)
        // A name that systems use was not asked to be forgotten.
        #expect(try await add { $0.prune = true }.pruned == 1)
        #expect(try await store.count() == 5)
        await #expect(throws: StoreError.pruneTooLarge(gone: 3, known: 5)) {
            try await add {
                $0.exclusions = ["[123].jpg"]
                $0.prune = true
            }
        }
    }

    @Test func kindsThatAreNotReadAreCounted() async throws {
        for number in 0..<5 { try folder.write([1], to: "photos/\(number).DocX") }
        for number in 0..<2 { try folder.write([1], to: "photos/\(number).blend") }
        try folder.write([1], to: "photos/README")
        try folder.write([1], to: "photos/notes.txt")
        let nothing = try await add()
        #expect(nothing.passedOver.kinds == ["docx": 5, "blend": 2, "": 1, "txt": 1])
        #expect(nothing.leavesOutPictures)
        try write("1.jpg")
        let one = try await add()
        #expect(one.added == 1)
        #expect(one.passedOver.kinds.count == 4)
        #expect(!one.leavesOutPictures)
        // A picture that cannot be had is something else than a text beside pictures.
        try folder.write([1], to: "photos/1.CR2")
        #expect(try await add().leavesOutPictures)
    }

    @Test func picturesUnderOddNamesAreRecognised() async throws {
        try write("b", "c.jpg_large", "d.jpeg~", "e.2019", "line\nbreak")
        // These endings say what the bytes are, whatever they begin with.
        try folder.write([0x49, 0x49, 42, 0] + [UInt8](repeating: 0, count: 200), to: "photos/i.dng")
        try folder.write(picture(70), to: "photos/j.txt")
        try folder.write([], to: "photos/empty")
        let report = try await add { $0.attributesByPath = [photos + "/b": ["sku": .string("B")]] }
        #expect(report.added == 4)
        #expect(report.unmatched.isEmpty)
        #expect(report.passedOver.kinds == ["dng": 1, "txt": 1, "": 1])
        #expect(report.skipped.map(\.reason) == [.nameHasLineBreak])
        let again = try await add()
        #expect((again.added, again.unchanged) == (0, 4))
    }

    @Test func oddNamesThatAreKnownAreNotOpened() async throws {
        try write("b")
        #expect(try await add().added == 1)
        // What is no picture any more is not noticed where nothing else has changed.
        try folder.write([0], to: "photos/b")
        try await store.renewStamp(of: photos + "/b", hash: #require(ContentHash(of: Self.content("b"))))
        #expect(try await add().unchanged == 1)
    }
}
