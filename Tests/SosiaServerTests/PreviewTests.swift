import Foundation
import HTTPTypes
import SessionSupport
import Sosia
import TestSupport
import Testing

@testable import SosiaServer

/// What clients are shown of pictures beside their pixels: how the server sees a query, and where files lie.
struct PreviewTests {
    private static let path = "/v1/collections/photos"

    /// An uncompressed picture of one colour (TIFF 6.0, section 6).
    private static func tiff(width: Int, height: Int) -> [UInt8] {
        func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
        let entries = [
            (256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, 122), (259, 3, 1, 1), (262, 3, 1, 2),
            (273, 4, 1, 128), (277, 3, 1, 3), (278, 3, 1, height), (279, 4, 1, width * height * 3),
        ]
        let directory = entries.flatMap { little($0.0, 2) + little($0.1, 2) + little($0.2, 4) + little($0.3, 4) }
        let head = Array("II".utf8) + little(42, 2) + little(8, 4) + little(entries.count, 2) + directory + little(0, 4)
        return head + [8, 0, 8, 0, 8, 0] + (0..<width * height).flatMap { _ in [200, 100, 50] as [UInt8] }
    }

    @Test func whatTheServerSeesIsShown() async throws {
        try await TestServer().run { client async throws in
            var form = Form()
            form.add("picture", fileName: "a.tif", Self.tiff(width: 60, height: 40))
            let answer = try await client.post(Self.path + "/preview", form)
            let seen = try answer.json()
            #expect(answer.status == 200 && seen["format"] == "tiff" && seen["width"] == 60 && seen["height"] == 40)
            let shown = try #require(seen["jpeg"]?.text.flatMap { Data(base64Encoded: $0) })
            #expect(shown.starts(with: [0xFF, 0xD8]))
            // Nothing is kept.
            #expect(try await client.get(Self.path).json()["pictures"] == 0)

            var words = Form()
            words.add("picture", fileName: "a.tif", Array("words".utf8))
            #expect(try await client.post(Self.path + "/preview", words).problem == "not-a-picture")
            form.add("picture", fileName: "b.tif", [1])
            #expect(try await client.post(Self.path + "/preview", form).problem == "too-many-files")
            #expect(try await client.post(Self.path + "/preview", Form()).problem == "invalid-body")
            let address = try await client.post(Self.path + "/preview", #"{"url":"http://127.0.0.1/a.tif"}"#)
            #expect(address.problem == "url-not-allowed")
            #expect(try await client.post(Self.path + "/preview", "{}").problem == "invalid-body")
        }
    }

    @Test func theOwnerSeesWhereFilesLieAndSoDoesAKeyThatSaysSo() async throws {
        let server = try TestServer()
        let file = server.folder + "/album/image_0012.jpg"
        try FileManager.default.createDirectory(atPath: server.folder + "/album", withIntermediateDirectories: true)
        try Data(try picture(1)).write(to: URL(fileURLWithPath: file))
        do {
            let store = try await Store(creating: server.folder + "/photos.sosia", embedder: GridEmbedder())
            _ = try await store.add([server.folder + "/album"])
            _ = try await store.add([Upload(name: "upload.jpg", bytes: try picture(2))])
        }
        let keys = server.folder + "/keys.json"
        let (reader, seer) = try KeyFile(keys).change { ring throws(KeyFileError) in
            (try ring.add(name: "reader", scopes: [.read]), try ring.add(name: "seer", scopes: [.read, .paths]))
        }
        let images = Self.path + "/images"
        try await server.run { client async throws in
            #expect(try await client.get(images + "/1").json()["path"]?.text == file)
            #expect(try await client.get(images + "/2").json()["path"] == nil)
            #expect(try await client.get(images).json()["results"]?[1]?["path"]?.text == file)
            let similar = try await client.get(images + "/2/similar").json()
            #expect(similar["results"]?[0]?["path"]?.text == file)
            let own = try await client.send(.get, images + "/1", [.origin: "http://localhost"])
            #expect(try own.json()["path"]?.text == file)
        }
        try await server.run(options: server.options { $0.allowedOrigins = ["https://example.org"] }) {
            client async throws in
            let foreign = try await client.send(.get, images + "/1", [.origin: "https://example.org"])
            #expect(try foreign.status == 200 && foreign.json()["path"] == nil)
        }
        try await server.run(options: server.options { $0.keyFile = keys }) { client async throws in
            let plain = try await client.send(.get, images + "/1", [.apiKey: reader.text]).json()
            #expect(plain["name"] == "image_0012.jpg" && plain["path"] == nil)
            let all = try await client.send(.get, images + "/1", [.apiKey: seer.text]).json()
            #expect(all["path"]?.text == file)
        }
    }
}
