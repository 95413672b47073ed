import Foundation
import Testing

@testable import SosiaServer

struct KeyFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)")
    private var file: KeyFile { KeyFile(folder.appendingPathComponent("sosia/keys.json").path) }

    private func put(_ text: String, permissions: Int = 0o600) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/sosia", withIntermediateDirectories: true)
        _ = FileManager.default.createFile(
            atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: permissions])
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        #expect(try file.read().isEmpty)
        let key = try file.change { ring throws(KeyFileError) in try ring.add(name: "one", scopes: [.write, .read]) }
        _ = try file.change { ring throws(KeyFileError) in try ring.add(name: "two", scopes: [.read]) }
        let ring = try file.read()
        #expect(ring.records.map(\.name) == ["one", "two"])
        #expect(ring.records[0].scopes == [.read, .write])
        #expect(abs(ring.records[0].created.timeIntervalSinceNow) < 600)
        #expect(try ring.record(for: key, allowing: .write).name == "one")
        try file.write(ring)
        #expect(try file.read() == ring)
    }

    @Test func onlyItsOwnerMayReadIt() throws {
        let key = try file.change { ring throws(KeyFileError) in try ring.add(name: "one", scopes: [.read]) }
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        // The key is in nobody's file, and nothing else is left behind.
        #expect(try !String(contentsOfFile: file.path, encoding: .utf8).contains(key.text.dropFirst(6)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/sosia") == ["keys.json"])
        for permissions in [0o640, 0o604, 0o620, 0o644] {
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file.path)
            #expect(throws: KeyFileError.open(path: file.path)) { try file.read() }
        }
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "null", #"{"version": "1"}"#, #"{"version": 1, "keys": [{}]}"#,
        #"{"version": 1, "keys": [{"name": "a", "scopes": ["all"], "created": "2026-01-01T00:00:00Z", "sha256": ""}]}"#,
        #"{"version": 1, "keys": [{"name": "a", "scopes": ["read"], "created": "2026-01-01T00:00:00Z", "sha256": "AA=="}]}"#,
    ])
    func damagedFilesAreNotRead(_ text: String) throws {
        try put(text)
        let error = #expect(throws: KeyFileError.self) { try file.read() }
        guard case .damaged? = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
    }

    @Test func otherVersionsAreNotRead() throws {
        try put(#"{"version": 2, "keys": {"of": "another form"}}"#)
        #expect(throws: KeyFileError.unknownVersion(2, path: file.path)) { try file.read() }
    }

    @Test func aFolderIsNotAFileOfKeys() throws {
        try FileManager.default.createDirectory(atPath: file.path, withIntermediateDirectories: true)
        #expect(throws: KeyFileError.unusable(path: file.path, reason: "not a regular file")) { try file.read() }
    }

    @Test func changesAtOnceAreAllKept() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    _ = try file.change { ring throws(KeyFileError) in
                        try ring.add(name: "key \(number)", scopes: [.read])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(try file.read().records.map(\.name)) == Set((0..<20).map { "key \($0)" }))
    }

    @Test func aChangeThatFailsChangesNothing() throws {
        _ = try file.change { ring throws(KeyFileError) in try ring.add(name: "one", scopes: [.read]) }
        #expect(throws: KeyFileError.unknownName("two")) {
            try file.change { ring throws(KeyFileError) in try ring.remove(name: "two") }
        }
        #expect(try file.read().records.count == 1)
    }

    @Test func theUsualPlaceFollowsTheEnvironment() {
        #expect(KeyFile.standardPath(["SOSIA_KEYS": "/k.json", "HOME": "/h"]) == "/k.json")
        #expect(KeyFile.standardPath(["XDG_CONFIG_HOME": "/c", "HOME": "/h"]) == "/c/sosia/keys.json")
        #expect(KeyFile.standardPath(["XDG_CONFIG_HOME": "c", "HOME": "/h"]) == "/h/.config/sosia/keys.json")
    }
}
