import Foundation
import HTTPTypes
import SessionSupport
import Sosia
import Testing

@testable import SosiaServer

/// Tiles of a raster, as clients see them.
struct TileTests {
    private static let path = "/v1/collections/photos"

    /// 96 x 64 pixels in blocks of 8, as a JPEG.
    private static func raster(seed: Int) throws -> [UInt8] {
        let bytes = (0..<64).flatMap { y in
            (0..<96).flatMap { x in (0..<3).map { UInt8((x / 8 * 37 + y / 8 * 91 + $0 * 53 + seed * 17) % 250 + 5) } }
        }
        return try ImageEncoder.jpeg(#require(PixelImage(width: 96, height: 64, bytes: bytes)), quality: 95)
    }

    private func server() async throws -> TestServer {
        let server = try TestServer()
        let raster = server.folder + "/town.jpg"
        try Data(Self.raster(seed: 0)).write(to: URL(fileURLWithPath: raster))
        let store = try await Store(creating: server.folder + "/photos.sosia", embedder: GridEmbedder())
        let report = try await store.add(rasters: [raster], cut: TileOptions(tile: 32, stride: 16))
        #expect(report.added == 15)
        return server
    }

    @Test func tilesAreFoundAndShown() async throws {
        try await server().run { client async throws in
            let picture = try await client.get(Self.path + "/images/7").json()
            #expect(picture["name"] == "town.jpg#16,16,32,32")
            #expect(picture["tile"]?["window"] == ["x": 16, "y": 16, "width": 32, "height": 32])
            #expect(picture["tile"]?["outline"] == nil)
            #expect(picture["tile"]?["position"] == nil)

            let merged = try await client.get(Self.path + "/images/7/similar?k=20").json()
            let kept = try await client.get(Self.path + "/images/7/similar?k=20&overlaps=keep").json()
            #expect(kept["results"]?.list.count == 14)
            #expect((1...6).contains(merged["results"]?.list.count ?? 0))
            let body = #"{"query":{"positive":[{"id":7}]},"k":20,"overlaps":"keep"}"#
            #expect(try await client.post(Self.path + "/search", body).json()["results"] == kept["results"])
            let wrong = #"{"query":{"positive":[{"id":7}]},"overlaps":"some"}"#
            #expect(try await client.post(Self.path + "/search", wrong).status == 400)
            #expect(try await client.get(Self.path + "/images/7/similar?overlaps=some").status == 400)

            let file = try await client.get(Self.path + "/images/7/file")
            #expect(file.status == 200)
            #expect(file.headers[.contentType] == "image/jpeg")
            let pixels = try ImageDecoder().decode(file.bytes, maxSide: 100).pixels
            #expect(pixels.width == 32 && pixels.height == 32)
            let thumb = try await client.get(Self.path + "/images/7/thumb")
            #expect(thumb.status == 200)
        }
    }

    private func tinyServer() async throws -> TestServer {
        let server = try TestServer()
        let file = server.folder + "/t.bin"
        let records = (0..<5 * 3_072).map { UInt8(truncatingIfNeeded: $0 / 3_072 * 50 + $0 % 97) }
        try Data(records).write(to: URL(fileURLWithPath: file))
        let store = try await Store(creating: server.folder + "/photos.sosia", embedder: GridEmbedder())
        #expect(try await store.add(tinyImages: [file]).added == 5)
        return server
    }

    @Test func aTinyImageTellsItsPosition() async throws {
        try await tinyServer().run { client async throws in
            let picture = try await client.get(Self.path + "/images/4").json()
            #expect(picture["name"] == "t.bin#3")
            #expect(picture["tile"]?["position"] == 3)
            let hits = try await client.get(Self.path + "/images/4/similar?k=9").json()["results"]?.list ?? []
            #expect(Set(hits.compactMap { $0["name"]?.text }) == ["t.bin#0", "t.bin#1", "t.bin#2", "t.bin#4"])
            for hit in hits {
                let position = try #require(hit["tile"]?["position"])
                #expect(hit["name"]?.text.map { $0.hasPrefix("t.bin#") } == true)
                #expect(hit["tile"]?["window"]?["height"] == 32)
                #expect(position != 3)
            }
        }
    }

    @Test func aRasterThatChangedIsAProblemWithoutItsPath() async throws {
        let server = try await server()
        let raster = server.folder + "/town.jpg"
        try Data(Self.raster(seed: 1) + [0]).write(to: URL(fileURLWithPath: raster))
        try await server.run { client async throws in
            let changed = try await client.get(Self.path + "/images/7/file")
            #expect((400..<500).contains(changed.status))
            #expect(changed.text.contains("has changed"))
            #expect(!changed.text.contains(server.folder))
            try FileManager.default.removeItem(atPath: raster)
            let gone = try await client.get(Self.path + "/images/7/thumb")
            #expect((400..<500).contains(gone.status))
            #expect(gone.text.contains("is gone"))
            #expect(try await client.get(Self.path + "/images/7/similar?k=1").status == 200)
        }
    }
}
