import Foundation
import Testing

@testable import SosiaServer

/// A collection whose folder was deleted or moved while it is served.
struct GoneTests {
    @Test func readinessAndUploadsSayThatACollectionHasGone() async throws {
        let server = try TestServer()
        try await server.run(pictures: 0..<2) { client async throws in
            #expect(try await client.get("/readyz").status == 200)
            let path = server.folder + "/photos.sosia"
            try FileManager.default.moveItem(atPath: path, toPath: path + ".moved")
            let ready = try await client.get("/readyz")
            #expect(ready.status == 503)
            #expect(ready.problem == "not-ready")
            let upload = try await client.post("/v1/collections/photos/images", Form.pictures(5..<6))
            #expect(upload.status == 503)
            #expect(upload.problem == "collection-gone")
            #expect(!upload.text.contains(server.folder))
            #expect(!FileManager.default.fileExists(atPath: path))
            // Searches go on with what is open.
            #expect(try await client.get("/healthz").status == 200)
            try FileManager.default.moveItem(atPath: path + ".moved", toPath: path)
            #expect(try await client.get("/readyz").status == 200)
        }
    }
}
