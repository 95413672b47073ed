import FileSystem
import Foundation
import TestSupport
import Testing

struct DurableFileTests {
    private let folder: TemporaryFolder
    private let one: [UInt8] = [1]
    private let two: [UInt8] = [2]
    private var path: String { folder.path + "/file" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func content(_ name: String = "file") throws -> [UInt8] {
        try FileReader.bytes(of: folder.path + "/" + name)
    }

    @Test(arguments: [true, false]) func bytesTakeThePlaceOfAFile(isSynced: Bool) throws {
        for bytes: [UInt8] in [[1, 2, 3], [], [UInt8](repeating: 7, count: 100_000)] {
            try DurableFile.write(bytes.span.bytes, to: path, isSynced: isSynced)
            #expect(try content() == bytes)
            #expect(folder.names == ["file"])
        }
    }

    @Test func permissionsAreThoseThatAreAskedFor() throws {
        try DurableFile.write(one.span.bytes, to: path, permissions: 0o600)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func whatFailsLeavesWhatWasThere() throws {
        struct Failure: Error {}
        try DurableFile.write(one.span.bytes, to: path)
        #expect(throws: Failure.self) {
            try DurableFile.place(path) { temporary in
                #expect(temporary.hasSuffix(DurableFile.temporaryEnding))
                try Data([2]).write(to: URL(fileURLWithPath: temporary))
                throw Failure()
            }
        }
        #expect(try content() == [1])
        #expect(folder.names == ["file"])
        // A folder is not replaced by a file, and the temporary one goes.
        try FileManager.default.createDirectory(atPath: folder.path + "/below", withIntermediateDirectories: false)
        #expect(throws: FileError.self) { try DurableFile.write(two.span.bytes, to: folder.path + "/below") }
        #expect(throws: FileError.self) { try DurableFile.write(two.span.bytes, to: folder.path + "/none/file") }
        #expect(folder.names == ["below", "file"])
    }

    @Test func aPendingFileIsThereOnceItIsComplete() throws {
        try DurableFile.write(one.span.bytes, to: path)
        for (value, isSynced) in [(UInt8(3), true), (4, false)] {
            let pending = PendingFile(path)
            try Data([value]).write(to: URL(fileURLWithPath: pending.temporary))
            #expect(try content() != [value])
            try pending.complete(isSynced: isSynced)
            #expect(try content() == [value])
            #expect(folder.names == ["file"])
        }
    }

    @Test func aPendingFileThatIsGivenUpLeavesWhatWasThere() throws {
        try DurableFile.write(one.span.bytes, to: path)
        func giveUp() throws {
            let pending = PendingFile(path)
            try Data([2]).write(to: URL(fileURLWithPath: pending.temporary))
            #expect(folder.names == ["file", "file.next"])
            withExtendedLifetime(pending) {}
        }
        try giveUp()
        #expect(folder.names == ["file"])
        #expect(try content() == one)
    }

    @Test func aFileIsPlacedUnderTheTemporaryNameThatIsAskedFor() throws {
        try DurableFile.place(path, temporary: path + ".next") { temporary in
            #expect(temporary == path + ".next")
            try Data([2]).write(to: URL(fileURLWithPath: temporary))
        }
        #expect(try content() == [2])
        #expect(try DurableFile.remove(path))
        #expect(try !DurableFile.remove(path))
        #expect(folder.names.isEmpty)
    }

    @Test func foldersAreMadeWithThoseAboveThem() throws {
        try Folder.create(folder.path + "/a/b/c")
        try Folder.create(folder.path + "/a/b/c/")
        #expect(try Folder.names(in: folder.path + "/a/b") == ["c"])
        try folder.write([1], to: "file")
        #expect(throws: FileError.self) { try Folder.create(folder.path + "/file/below") }
        #expect(throws: FileError.self) { try Folder.create(folder.path + "/file") }
        #expect { try Folder.names(in: folder.path + "/none") } throws: { ($0 as? FileError)?.isMissing == true }
        #expect(Folder.parent(of: "/a/b") == "/a")
        #expect(Folder.parent(of: "/a/b/") == "/a")
        #expect(Folder.parent(of: "/a") == "/")
        #expect(Folder.parent(of: "a") == nil)
    }

    @Test func onlyWholeFilesAreRead() throws {
        let file = try folder.write([1, 2, 3, 4], to: "file")
        #expect(try FileReader.bytes(of: file) == [1, 2, 3, 4])
        #expect(try FileReader.bytes(of: file, maximum: 3) == [1, 2, 3])
        #expect(throws: FileError.notRegular(path: folder.path)) { try FileReader.bytes(of: folder.path) }
        #expect { try FileReader.bytes(of: file + "x") } throws: { ($0 as? FileError)?.isMissing == true }
    }

    @Test func aStampTellsOneFileFromAnother() throws {
        let file = try folder.write([1], to: "file")
        let stamp = try FileStatus(path: file).stamp
        #expect(stamp.size == 1)
        #expect(try FileStatus(path: file).stamp.isSameFile(as: stamp))
        // A name more changes when the status changed, and nothing else.
        try FileManager.default.linkItem(atPath: file, toPath: folder.path + "/link")
        #expect(try FileStatus(path: folder.path + "/link").stamp.isSameFile(as: stamp))
        try folder.write([1], to: "other")
        #expect(try !FileStatus(path: folder.path + "/other").stamp.isSameFile(as: stamp))
    }
}
