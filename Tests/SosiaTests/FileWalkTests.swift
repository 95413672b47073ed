import FileSystem
import Foundation
import TestSupport
import Testing

@testable import Sosia

struct FileWalkTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["b/1.jpg", "b/in/2.jpg", "c/3.jpg"] { try folder.write([1], to: name) }
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + name, withDestinationPath: target)
    }

    /// Files by their names below the folder, and what was skipped with the reason.
    private func walk(_ names: String...) -> (files: [String], skipped: [String: SkipReason]) {
        var files: [String] = []
        var skipped: [String: SkipReason] = [:]
        for item in FileWalk(names.map { AbsolutePath.of(folder.path + "/" + $0) }) {
            switch item {
            case .file(let path, _), .odd(let path, _): files.append(String(path.dropFirst(folder.path.count + 1)))
            case .skipped(let file): skipped[String(file.path.dropFirst(folder.path.count + 1))] = file.reason
            }
        }
        return (files, skipped)
    }

    @Test func foldersThatAreNamedTwiceAreWalkedOnceWithoutAWord() {
        #expect(walk("b", "b/in", "b").files == ["b/1.jpg", "b/in/2.jpg"])
        #expect(walk("b", "b/in", "b").skipped.isEmpty)
        #expect(walk("b/in", "b").files.sorted() == ["b/1.jpg", "b/in/2.jpg"])
        #expect(walk("b/in", "b").skipped.isEmpty)
    }

    @Test func aFileThatIsNamedTwiceIsTakenOnce() throws {
        try folder.write([1], to: "b/odd.dat")
        try folder.write([1], to: "b/.4.jpg")
        #expect(walk("c/3.jpg", "c/3.jpg", "c").files == ["c/3.jpg"])
        #expect(walk("c", "c/3.jpg").files == ["c/3.jpg"])
        let all = ["b/.4.jpg", "b/1.jpg", "b/in/2.jpg", "b/odd.dat"]
        #expect(walk("b", "b/odd.dat", "b/.4.jpg").files.sorted() == all)
        #expect(walk("b/odd.dat", "b/.4.jpg", "b").files.sorted() == all)
        #expect(walk("none", "none").skipped == ["none": .notFound])
    }

    @Test func aLinkBesideItsFolderIsNoLoop() throws {
        try link("a", to: "c")
        #expect(walk("").files == ["a/3.jpg", "b/1.jpg", "b/in/2.jpg"])
        #expect(walk("").skipped.isEmpty)
    }

    @Test(arguments: ["..", "../..", "."]) func aLinkToAFolderAboveItIsNamed(_ target: String) throws {
        try link("b/in/up", to: target)
        let found = walk("")
        #expect(found.files == ["b/1.jpg", "b/in/2.jpg", "c/3.jpg"])
        #expect(found.skipped == ["b/in/up": .linkLoop])
    }

    @Test func aFolderWhoseNameIsNotUTF8IsNamed() throws {
        let bytes = Array((folder.path + "/c/bad").utf8) + [0xff, 0]
        let made = bytes.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { name in
            name.baseAddress.map { mkdir($0, 0o755) }
        }
        try #require(made == 0)
        #expect(walk("c").skipped == ["c/bad\u{FFFD}": .nameIsNotUTF8])
        #expect(walk("c").files == ["c/3.jpg"])
    }

    @Test func disjointKeepsWhatLiesBelowNothingElse() {
        #expect(AbsolutePath.disjoint(["/a/b", "/a", "/a-b", "/a/b", "/c"]) == ["/a", "/a-b", "/c"])
        #expect(AbsolutePath.disjoint(["/x", "/"]) == ["/"])
        #expect(AbsolutePath.disjoint(["/\u{e9}", "/e\u{301}"]).count == 2)
        #expect(AbsolutePath.disjoint([]) == [])
    }

    @Test func linksAreNotFollowedOutOfFolders() throws {
        try link("b/out", to: folder.path + "/c")
        try link("b/out.jpg", to: "../c/3.jpg")
        try link("b/none.jpg", to: "../c/none.jpg")
        try link("b/in.jpg", to: "in/2.jpg")
        var files: [String] = []
        var passedOver: [String] = []
        let root = try #require(AbsolutePath.resolved(folder.path + "/b"))
        for item in FileWalk([root], onlyBelow: [root]) {
            switch item {
            case .file(let path, _), .odd(let path, _): files.append(AbsolutePath.name(path))
            case .skipped(let file):
                #expect(file.reason == .outside)
                passedOver.append(AbsolutePath.name(file.path))
            }
        }
        #expect(files == ["1.jpg", "2.jpg", "in.jpg"])
        #expect(passedOver == ["none.jpg", "out", "out.jpg"])
    }

    /// A link that was put in place of a file after the walk is noticed where the file is opened.
    @Test func aFileThatBecameALinkIsNotRead() throws {
        let root = try #require(AbsolutePath.resolved(folder.path + "/b"))
        let other = try #require(AbsolutePath.resolved(folder.path + "/c"))
        #expect(try FileContent(reading: root + "/1.jpg", below: [root]).bytes == [1])
        try FileManager.default.removeItem(atPath: root + "/1.jpg")
        try link("b/1.jpg", to: "../c/3.jpg")
        #expect(throws: SkipReason.outside) { try FileContent(reading: root + "/1.jpg", below: [root]) }
        #expect(try FileContent(reading: root + "/1.jpg", below: [root, other]).bytes == [1])
        // A folder on the way may be one, too.
        try link("b/over", to: "../c")
        #expect(throws: SkipReason.outside) { try FileContent(reading: root + "/over/3.jpg", below: [root]) }
    }
}
