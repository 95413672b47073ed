import EmbeddedEngine
import Foundation
@testable import Sosia
import SosiaCore
import TestSupport
import Testing

/// Addresses, secrets, machines, and folders of collections.
struct OpeningTests {
    @Test func aPathIsAFolder() throws {
        #expect(try StoreAddress("/a/../b.sosia").description == "/b.sosia")
        #expect(
            try StoreAddress("b.sosia").target == .folder(path: FileManager.default.currentDirectoryPath + "/b.sosia"))
        // No scheme has a slash or a colon.
        #expect(try StoreAddress("/a://b").target == .folder(path: "/a:/b"))
    }

    @Test(arguments: [
        ("postgres://anna:s3cret@db.example.org:5432/photos", "postgres://anna@db.example.org:5432/photos"),
        ("milvus://:s3cret@host/photos", "milvus://@host/photos"),
        ("postgres://anna:s3cret%40@host", "postgres://anna@host"), ("s3://bucket/key@2x", "s3://bucket/key@2x"),
    ]) func aPasswordIsTakenAndNeverShown(_ text: String, _ shown: String) throws {
        let address = try StoreAddress(text)
        #expect(address.description == shown)
        #expect((address.password != nil) == text.contains("s3cret"))
        var dumped = ""
        dump(address, to: &dumped)
        for told in [address.description, "\(address)", String(reflecting: address), dumped, "\([address])"] {
            #expect(!told.contains("s3cret"))
        }
    }

    @Test(arguments: ["postgres://", "postgres://anna:s3cret@", "PG://u:s3cret@"])
    func whatIsNoAddressIsRefusedWithoutItsPassword(_ text: String) {
        #expect { try StoreAddress(text) } throws: { error in
            !"\(error) \(String(reflecting: error))".contains("s3cret") && error is StoreAddressError
        }
    }

    @Test func aSchemeThatNobodyOpensIsRefused() async throws {
        let address = "postgres://anna:s3cret@host/photos"
        let expected = StoreAddressError.unknownScheme("postgres", known: ["the path of a folder"])
        await #expect(throws: expected) { try await Store(opening: address) }
        await #expect(throws: expected) { try await Store(creating: address, embedder: GridEmbedder()) }
        await #expect(throws: expected) { try await Store.exists(at: address) }
        await #expect(throws: expected) { try await Store.repair(address) }
    }

    @Test func secretsComeFromTheEnvironmentOrAFileOfOnesOwn() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("s3cret\nmore".utf8), to: "password")
        #expect(try Secret.standard([:]) == nil)
        #expect(try Secret.standard([Secret.variable: "x", Secret.fileVariable: path])?.value == "x")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: StoreAddressError.readableByOthers(path: path)) {
            try Secret.standard([Secret.fileVariable: path])
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let secret = try #require(try Secret.standard([Secret.fileVariable: path]))
        #expect(secret.value == "s3cret")
        #expect(!"\(secret) \(String(reflecting: secret)) \([secret])".contains("s3cret"))
        #expect(throws: StoreAddressError.self) { try Secret(readingFile: folder.path + "/none") }
    }

    @Test func aMachineHasTheNameThatItWasGivenOrItsHosts() {
        #expect(MachineName.host(["SOSIA_MACHINE": "nas.home"]).description == "nas.home")
        #expect(MachineName.host(["SOSIA_MACHINE": "my disk"]).description == "my-disk")
        #expect(MachineName.host(["SOSIA_MACHINE": ""]) == MachineName.host([:]))
    }

    @Test func aFolderOfCollectionsListsOpensAndRemovesThem() async throws {
        let folder = try TemporaryFolder()
        let directory = EmbeddedDirectory(folder: folder.path)
        let description = CollectionDescription(model: GridEmbedder().identity, machine: .host)
        #expect(try await directory.names() == [])
        for name in ["b", "a"] { _ = try await directory.create(name, description) }
        try folder.write([1], to: "c.sosia/notes.txt")
        #expect(try await directory.names() == ["a", "b"])
        #expect(try await directory.open("a", access: .read).engine.count() == 0)
        try await directory.remove("a")
        #expect(try await directory.names() == ["b"])
        #expect(folder.names == ["b.sosia", "c.sosia"])
        for name in ["a", "..", ".hidden", "x/y", ""] {
            await #expect(throws: StoreError.self) { try await directory.open(name, access: .read) }
            await #expect(throws: StoreError.self) { try await directory.remove(name) }
        }
        let other = CollectionDescription(model: GridEmbedder(name: "other").identity, machine: .host)
        await #expect(throws: EngineError.self) { try await directory.create("b", other) }
    }
}
