import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import SessionSupport
import Sosia
import TestSupport
import Testing

@testable import SosiaServer

/// What holds for every request, and what is not about pictures.
struct ServerTests {
    @Test func everyAnswerKeepsBrowsersInTheirPlace() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            for path in ["/", "/nothing", "/v1/collections", "/v1/collections/photos/images/1/file", "/healthz"] {
                let headers = try await client.get(path).headers
                #expect(headers[.xContentTypeOptions] == "nosniff")
                #expect(headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
                #expect(headers[.contentSecurityPolicy]?.contains("unsafe") == false)
                #expect(headers[.frameOptions] == "DENY")
                #expect(headers[.crossOriginResourcePolicy] == "same-origin")
                #expect(headers[.requestID]?.isEmpty == false)
            }
        }
    }

    @Test func thePageIsInTheProgram() async throws {
        try await TestServer().run { client async throws in
            for file in PageFile.all {
                let answer = try await client.get(file.path)
                #expect(answer.status == 200)
                #expect(answer.headers[.contentType] == file.mediaType)
                #expect(answer.bytes == file.bytes)
                let again = try await client.send(.get, file.path, [.ifNoneMatch: file.tag])
                #expect(again.status == 304)
                #expect(again.bytes.isEmpty)
            }
            for path in ["/page.css/", "/../Package.swift", "/%2e%2e/Package.swift", "/page.css%00", "/Files/page.css"]
            {
                let answer = try await client.get(path)
                #expect(answer.status == 404 || answer.bytes == PageFile.all[1].bytes, "\(path)")
            }
            #expect(try await client.send(.head, "/").bytes.isEmpty)
        }
    }

    @Test func everyFileOfThePageIsServed() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/SosiaServer/Page/Files")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let served = PageFile.all.map { $0.path == "/" ? "page.html" : String($0.path.dropFirst()) }
        #expect(Set(files) == Set(served))
    }

    @Test func whatIsNotThere() async throws {
        try await TestServer().run { client async throws in
            #expect(try await client.get("/nothing").problem == "unknown-route")
            #expect(try await client.get("/v1/collections/other").problem == "unknown-collection")
            #expect(try await client.get("/v1/collections/..%2fphotos").problem == "unknown-collection")
            #expect(try await client.get("/v1/jobs/none").problem == "unknown-job")
            #expect(try await client.send(.post, "/healthz").problem == "method-not-allowed")
        }
    }

    @Test func statusAndMetrics() async throws {
        try await TestServer().run(pictures: 0..<3) { client async throws in
            #expect(try await client.get("/healthz").json() == ["ok": true])
            #expect(try await client.get("/readyz").json() == ["ok": true])
            let status = try await client.get("/v1/status").json()
            #expect(status["collections"]?[0]?["pictures"] == 3)
            #expect(status["needs_key"] == false)
            _ = try await client.get("/v1/collections/photos/images/1/similar")
            var bad = Form()
            bad.add("file", fileName: "a.jpg", [1])
            _ = try await client.post(PictureTests.path, bad)
            let metrics = try await client.get("/metrics")
            #expect(metrics.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
            for line in [
                #"sosia_pictures{collection="photos"} 3.0"#, #"sosia_skipped_files_total{collection="photos"} 1"#,
                #"sosia_stage_seconds_count{stage="search"} 1"#, "# TYPE sosia_stage_seconds histogram",
                #"sosia_requests_total{method="GET",route="/v1/collections/{collection}/images/{id}/similar",status="200"} 1"#,
            ] { #expect(metrics.text.contains(line), "\(line) in \(metrics.text)") }
        }
    }

    @Test func keys() async throws {
        let server = try TestServer()
        let file = server.folder + "/keys.json"
        let (reader, writer) = try KeyFile(file).change { ring throws(KeyFileError) in
            (try ring.add(name: "reader", scopes: [.read]), try ring.add(name: "writer", scopes: [.read, .write]))
        }
        let options = server.options { $0.keyFile = file }
        try await server.run(options: options) { client async throws in
            #expect(try await client.get("/healthz").status == 200)
            #expect(try await client.get("/").status == 200)
            let missing = try await client.get("/v1/collections")
            #expect(missing.problem == "unauthenticated")
            #expect(missing.status == 401)
            #expect(missing.headers[.wwwAuthenticate] == "Bearer")
            #expect(try await client.send(.get, "/v1/collections", [.apiKey: "wrong"]).status == 401)
            #expect(try await client.send(.get, "/v1/collections", [.apiKey: reader.text]).status == 200)
            #expect(
                try await client.send(.get, "/v1/collections", [.authorization: "Bearer " + reader.text]).status == 200)
            let refused = try await client.send(.delete, PictureTests.path + "/1", [.apiKey: reader.text])
            #expect(refused.problem == "insufficient-scope")
            let allowed = try await client.send(.delete, PictureTests.path + "/1", [.apiKey: writer.text])
            #expect(allowed.problem == "unknown-picture")
            let seed = try await client.post("/insert/", #"{"key":"\#(reader.text)","image":"aGk="}"#)
            #expect(seed.problem == "insufficient-scope")
        }
    }

    @Test func otherAddressesNeedKeys() async throws {
        let server = try TestServer()
        var options = server.options
        for host in ["0.0.0.0", "::", "192.168.1.1", "example.org", ""] {
            options.host = host
            await #expect(throws: ServerError.addressNeedsKey(host: host)) { try await TestServer.application(options) }
        }
        for host in ["127.0.0.1", "localhost", "::1"] {
            options.host = host
            await #expect(throws: Never.self) { try await TestServer.application(options) }
        }
        options.keyFile = server.folder + "/none.json"
        await #expect(throws: ServerError.noKeys(path: server.folder + "/none.json")) {
            try await TestServer.application(options)
        }
    }

    @Test func pagesOfOtherSites() async throws {
        let server = try TestServer()
        let options = server.options { options in
            options.allowedOrigins = ["https://friend.example"]
        }
        try await server.run(pictures: 0..<1, options: options) { client async throws in
            let path = PictureTests.path + "/1"
            let foreign = try await client.send(.delete, path, [.origin: "https://evil.example"])
            #expect(foreign.problem == "untrusted-origin")
            #expect(try await client.send(.delete, path, [.secFetchSite: "cross-site"]).problem == "untrusted-origin")
            let friend = try await client.send(.get, path, [.origin: "https://friend.example"])
            #expect(friend.headers[.accessControlAllowOrigin] == "https://friend.example")
            let asked = try await client.send(.options, path, [.origin: "https://friend.example"])
            #expect(asked.status == 204)
            #expect(asked.headers[.accessControlAllowHeaders]?.contains("content-type") == true)
        }
        #expect(OriginMiddleware.isLoopback("localhost:8080"))
        #expect(OriginMiddleware.isLoopback("[::1]:8080"))
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "[::2]"] {
            #expect(!OriginMiddleware.isLoopback(host))
        }
    }

    @Test func collectionsAreMadeAndDeleted() async throws {
        let server = try TestServer()
        try FileManager.default.createDirectory(atPath: server.folder + "/root", withIntermediateDirectories: true)
        let options = server.options { options in
            options.source = .directory(server.folder + "/root")
        }
        try await server.run(options: options) { client async throws in
            #expect(try await client.get("/v1/collections").json() == ["collections": []])
            #expect(try await client.send(.put, "/v1/collections/a").status == 201)
            #expect(try await client.send(.put, "/v1/collections/a").status == 200)
            #expect(
                try await client.post("/v1/collections/a", #"{"model":"x"}"#, method: .put).problem == "model-mismatch")
            #expect(
                try await client.post("/v1/collections/b", #"{"model":"x"}"#, method: .put).problem == "unknown-model")
            for name in ["..", "%2e%2e", "a.b", "-a", "a%2fb", String(repeating: "a", count: 65), "a%00"] {
                #expect(
                    try await client.send(.put, "/v1/collections/" + name).problem == "invalid-parameter", "\(name)")
            }
            #expect(try await client.post("/v1/collections/a/images", Form.pictures(0..<2)).status == 201)
            #expect(try await client.send(.put, "/v1/collections/b").status == 201)
            #expect(try await client.get("/v1/collections/b").json()["pictures"] == 0)
            #expect(try await client.send(.delete, "/v1/collections/a").status == 204)
            #expect(try await client.get("/v1/collections/a").problem == "unknown-collection")
            #expect(try FileManager.default.contentsOfDirectory(atPath: server.folder + "/root") == ["b.sosia"])
        }
        try await TestServer().run { client async throws in
            #expect(try await client.send(.put, "/v1/collections/a").problem == "creation-disabled")
            #expect(try await client.send(.delete, "/v1/collections/photos").problem == "creation-disabled")
        }
    }

    /// Ready means that a search is answered at once, so the network has to be there.
    @Test func aServerWithoutItsNetworkIsNotReady() async throws {
        let server = try TestServer()
        _ = try await Store(creating: server.folder + "/photos.sosia", embedder: GridEmbedder())
        let none = NetworkLoader { model, _, _, _ in throw EmbeddingError.modelUnknown(name: model, known: []) }
        let application = try await TestServer.application(server.options, networks: none)
        try await application.test(.router) { client in
            let client = Client(client: client)
            #expect(try await client.get("/healthz").status == 200)
            let ready = try await client.get("/readyz")
            #expect(ready.status == 503 && ready.problem == "not-ready")
            #expect(try ready.json()["collection"] == "photos")
        }
    }

    @Test func jobsTellHowFarTheyAre() async throws {
        try await TestServer().run(pictures: 0..<6) { client async throws in
            _ = try await client.send(.delete, PictureTests.path + "/3")
            let started = try await client.post("/v1/collections/photos/jobs", #"{"kind":"compact"}"#)
            #expect(started.status == 202)
            let id = try #require(try started.json()["id"]?.text)
            let events = try await client.get("/v1/jobs/\(id)/events")
            #expect(events.headers[.contentType] == "text/event-stream")
            #expect(events.text.hasSuffix("\n\n"))
            #expect(events.text.contains("event: done\ndata: {"))
            let job = try await client.get("/v1/jobs/" + id).json()
            #expect(job["state"] == "done")
            #expect(job["result"]?["pictures"] == 5)
            #expect(job["done"] == 5 && job["total"] == 5)
            #expect(try await client.get("/v1/collections/photos").json()["vacant"] == 0)
            let index = try await client.post("/v1/collections/photos/jobs", #"{"kind":"index","graph":true}"#)
            _ = try await Client.end(of: try #require(try index.json()["id"]?.text), client)
            #expect(try await client.get("/v1/jobs").json()["jobs"]?.list.count == 2)
            for body in [
                #"{"kind":"compact","index":"graph"}"#, #"{"kind":"index","index":7}"#,
                #"{"kind":"index","index":"exact","graph":{}}"#,
            ] {
                #expect(try await client.post("/v1/collections/photos/jobs", body).problem == "invalid-body")
            }
            let unknown = try await client.post("/v1/collections/photos/jobs", #"{"kind":"index","index":"pq"}"#)
            let failed = try await Client.end(of: try #require(try unknown.json()["id"]?.text), client)
            #expect(failed["state"] == "failed" && failed["problem"]?["known"] == ["flat", "exact", "graph"])
            #expect(try await client.post("/v1/collections/photos/jobs", #"{"kind":"x"}"#).problem == "invalid-body")
        }
    }

    @Test func seedClientsWork() async throws {
        try await TestServer().run { client async throws in
            #expect(try await client.get("/status/").json() == ["ok": false])
            for number in 0..<7 {
                let image = "data:image/jpeg;base64," + Data(try picture(number)).base64EncodedString()
                let body = #"{"key":"demo1","image":"\#(image)","location":"n01440764@\#(number).JPEG"}"#
                #expect(try await client.post("/insert/", body).json() == ["ok": true])
            }
            let status = try await client.get("/status/").json()
            #expect(status["ok"] == true)
            #expect(status["entities_num"] == "7")
            let image = Data(try picture(4)).base64EncodedString()
            let answer = try await client.post("/search/", #"{"key":"demo1","image":"\#(image)"}"#).json()
            #expect(answer["ok"] == true)
            #expect(answer["search_time"]?.number != nil)
            let first = try #require(answer["image1"]?.text)
            #expect(try await client.get(first).bytes == (try picture(4)))
            #expect(answer["image5"] != nil && answer["image6"] == nil)
            #expect(try await client.post("/indexing/", #"{"key":"demo1"}"#).json() == ["ok": true])
            #expect(try await client.post("/search/", #"{"key":"demo1","image":"%%"}"#).problem == "invalid-body")
            #expect(
                try await client.post("/search/", #"{"key":"demo1","image":"aGVsbG8="}"#).problem == "not-a-picture")
        }
    }

    @Test func limitsOfUploads() async throws {
        let server = try TestServer()
        let options = server.options { options in
            options.limits.fileBytes = 4096
            options.limits.files = 2
            options.limits.uploadBytes = 20_000
            options.limits.pixels = 1000
        }
        try await server.run(options: options) { client async throws in
            #expect(try await client.post(PictureTests.path, Form.pictures(0..<3)).problem == "too-many-files")
            var large = Form()
            large.add("file", fileName: "a.jpg", [UInt8](repeating: 1, count: 5000))
            #expect(try await client.post(PictureTests.path, large).problem == "body-too-large")
            var larger = Form()
            larger.add("file", fileName: "a.jpg", [UInt8](repeating: 1, count: 30_000))
            #expect(try await client.post(PictureTests.path, larger).status == 413)
            let pixels = try await client.post(PictureTests.path, Form.pictures(0..<1))
            #expect(pixels.problem == "picture-too-large")
            #expect(pixels.status == 413)
        }
    }

    @Test func bodiesAreCountedBeforeTheyAreKept() throws {
        let held = HeldBytes(maximum: 100)
        var first: HeldBytes.Share? = held.share()
        try first?.take(60)
        let second = held.share()
        #expect(throws: Problem.self) { try second.take(41) }
        try second.take(40)
        first = nil
        try second.take(60)
    }
}
