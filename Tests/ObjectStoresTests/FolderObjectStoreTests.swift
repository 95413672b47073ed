import EngineConformance
import Foundation
import ObjectStores
import SosiaCore
import Testing

struct FolderObjectStoreTests {
    /// Not there yet: the store makes it.
    let path = FileManager.default.temporaryDirectory.path + "/sosia-objects-\(UUID().uuidString)/originals"

    private func withFolder(_ body: () async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
        try await body()
    }

    private func key(_ first: UInt8) throws -> ContentHash {
        try #require(ContentHash(bytes: [first] + [UInt8](repeating: 9, count: 31)))
    }

    @Test(arguments: ObjectStoreConformance.checks)
    func keepsItsPromises(_ check: ObjectStoreConformance.Check) async throws {
        try await withFolder {
            try await check.run { FolderObjectStore(path: path) }
        }
    }

    @Test func passesOverWhatIsNoObject() async throws {
        try await withFolder {
            let store = FolderObjectStore(path: path)
            try await store.put([1], as: key(0xab))
            for name in ["notes.txt", "ab/notes.txt", "ab/.x.partial", "ab/" + String(repeating: "AB", count: 32)] {
                try Data([1]).write(to: URL(fileURLWithPath: path + "/" + name))
            }
            #expect(try await store.objects(after: nil, limit: 10).map(\.key) == [key(0xab)])
        }
    }

    @Test func clearsWhatCrashesLeft() async throws {
        try await withFolder {
            let store = FolderObjectStore(path: path)
            try await store.put([1], as: key(0xab))
            let (old, new) = (path + "/ab/.old.partial", path + "/ab/.new.partial")
            for name in [old, new] { try Data([1]).write(to: URL(fileURLWithPath: name)) }
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -9_999)], ofItemAtPath: old)
            try await store.put([2], as: try #require(ContentHash(bytes: [0xab] + [UInt8](repeating: 1, count: 31))))
            #expect(!FileManager.default.fileExists(atPath: old))
            #expect(FileManager.default.fileExists(atPath: new))
        }
    }

    @Test(.timeLimit(.minutes(10))) func waitsForNoPipe() async throws {
        try await withFolder {
            let store = FolderObjectStore(path: path)
            try await store.put([1], as: key(0xab))
            let file = "\(path)/ab/\(try key(0xab))"
            try FileManager.default.removeItem(atPath: file)
            try #require(mkfifo(file, 0o644) == 0)
            #expect(try await store.examine(key(0xab)) == .unreadable(reason: "it is not a regular file"))
            await #expect(throws: ObjectStoreError.self) { try await store.get(key(0xab)) }
            try await store.put([1], as: key(0xab))
            #expect(try await store.get(key(0xab)) == [1])
            try FileManager.default.removeItem(atPath: path + "/ab/.lock")
            try #require(mkfifo(path + "/ab/.lock", 0o644) == 0)
            await #expect(throws: ObjectStoreError.self) { try await store.put([2], as: key(0xab)) }
        }
    }

    @Test func saysWhatIsWrong() async throws {
        try await withFolder {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            // A file where the folder should be.
            try Data([1]).write(to: URL(fileURLWithPath: path))
            let store = FolderObjectStore(path: path)
            await #expect(throws: ObjectStoreError.self) { try await store.put([1], as: key(1)) }
        }
    }
}
