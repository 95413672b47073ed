import Foundation
import HTTPTypes
import SessionSupport
import Sosia
import TestSupport
import Testing

@testable import SosiaServer

struct PictureTests {
    static let path = "/v1/collections/photos/images"

    @Test func uploadsAreThereAtOnce() async throws {
        try await TestServer().run { client async throws in
            let answer = try await client.post(Self.path, Form.pictures(0..<3, attributes: #"{"shop":"A"}"#))
            #expect(answer.status == 201)
            let json = try answer.json()
            #expect(json["added"] == 3)
            #expect(json["results"]?[1]?["name"] == "1.jpg")
            let picture = try await client.get(Self.path + "/2").json()
            #expect(picture["name"] == "1.jpg")
            #expect(picture["attributes"] == ["shop": "A"])
            #expect(picture["format"] == "jpeg")
            #expect(picture["width"] == 32)
        }
    }

    @Test func whatIsKnownIsNotAddedAgain() async throws {
        try await TestServer().run(pictures: 0..<2) { client async throws in
            let answer = try await client.post(Self.path, Form.pictures(1..<3))
            #expect(answer.status == 201)
            #expect(try answer.json()["known"] == 1)
            let again = try await client.post(Self.path, Form.pictures(0..<3))
            #expect(again.status == 200)
            #expect(try again.json()["results"]?[0]?["id"] == 1)
        }
    }

    @Test func whatIsNoPictureIsNamed() async throws {
        try await TestServer().run { client async throws in
            var form = try Form.pictures(0..<1)
            form.add("file", fileName: "bad.jpg", Array("no picture".utf8))
            let answer = try await client.post(Self.path, form)
            #expect(answer.status == 201)
            #expect(try answer.json()["results"]?[1]?["problem"]?["type"] == "urn:sosia:problem:not-a-picture")
            var bad = Form()
            bad.add("file", fileName: "bad.jpg", [1, 2, 3])
            let refused = try await client.post(Self.path, bad)
            #expect(refused.status == 422)
            #expect(refused.problem == "not-a-picture")
        }
    }

    @Test func pages() async throws {
        try await TestServer().run(pictures: 0..<5) { client async throws in
            let first = try await client.get(Self.path + "?k=3").json()
            #expect(first["results"]?.list.compactMap { $0["id"]?.number } == [5, 4, 3])
            #expect(first["next_cursor"] == 3)
            let second = try await client.get(Self.path + "?k=3&cursor=3").json()
            #expect(second["results"]?.list.compactMap { $0["id"]?.number } == [2, 1])
            #expect(second["next_cursor"] == .null)
        }
    }

    @Test func attributesArePatched() async throws {
        try await TestServer().run(pictures: 0..<1, attributes: #"{"a":1,"b":2}"#) { client async throws in
            let answer = try await client.post(
                Self.path + "/1", #"{"attributes":{"a":null,"c":[1,{"d":"\u00e9"}]}}"#, method: .patch)
            #expect(answer.status == 200)
            #expect(try answer.json()["attributes"] == ["b": 2, "c": [1, ["d": "é"]]])
            let missing = try await client.post(Self.path + "/9", #"{"attributes":{}}"#, method: .patch)
            #expect(missing.problem == "unknown-picture")
            #expect(try missing.json()["id"] == 9)
        }
    }

    @Test func deleting() async throws {
        try await TestServer().run(pictures: 0..<4) { client async throws in
            #expect(try await client.send(.delete, Self.path + "/2").status == 204)
            #expect(try await client.send(.delete, Self.path + "/2").problem == "unknown-picture")
            #expect(try await client.get(Self.path + "/2").problem == "unknown-picture")
            let answer = try await client.post(Self.path + "/delete", #"{"ids":[1,2,3]}"#)
            #expect(try answer.json()["deleted"] == 2)
            #expect(try await client.get("/v1/collections/photos").json()["pictures"] == 1)
        }
    }

    @Test func pagesOfWhatPassesAFilter() async throws {
        try await TestServer().run(pictures: 0..<3, attributes: #"{"shop":"A"}"#) { client async throws in
            try await client.upload(3..<5, attributes: #"{"shop":"B"}"#)
            try await client.upload(5..<7, attributes: #"{"shop":"A","price":3}"#)
            func page(_ parameters: String) async throws -> (ids: [Double], next: JSONValue?) {
                let page = try await client.get(Self.path + "?" + parameters).json()
                return (page["results"]?.list.compactMap { $0["id"]?.number } ?? [], page["next_cursor"])
            }
            let first = try await page("k=3&filter=shop%20%3D%20'A'")
            #expect(first.ids == [7, 6, 3])
            #expect(first.next == 3)
            let second = try await page("k=3&filter=shop%20%3D%20'A'&cursor=3")
            #expect(second.ids == [2, 1])
            #expect(second.next == .null)
            #expect(try await page("filter=price%3E2%20AND%20shop%3D'A'").ids == [7, 6])
            #expect(try await page("filter=within(0,0,1,1)").ids == [])
            #expect(try await page("filter=NOT%20within(0,0,1,1)").ids.count == 7)
            #expect(try await page("filter=").ids.count == 7)

            #expect(try await client.get(Self.path + "?filter=shop%20%3D").problem == "invalid-filter")
            let long = String(repeating: "a", count: 1025)
            #expect(try await client.get(Self.path + "?filter=\(long)").problem == "invalid-parameter")
        }
    }

    @Test func originalsAndThumbnails() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            let file = try await client.get(Self.path + "/1/file")
            #expect(file.bytes == (try picture(0)))
            #expect(file.headers[.contentType] == "image/jpeg")
            let tag = try #require(file.headers[.eTag])
            #expect(try await client.send(.get, Self.path + "/1/file", [.ifNoneMatch: tag]).status == 304)
            let thumbnail = try await client.get(Self.path + "/1/thumb?w=64")
            #expect(thumbnail.status == 200)
            let decoded = try ImageDecoder().decode(thumbnail.bytes, maxSide: 64)
            #expect(decoded.pixels.width <= 64)
            for width in ["0", "-1", "99999999999999999999", "a", "1025"] {
                #expect(try await client.get(Self.path + "/1/thumb?w=" + width).problem == "invalid-parameter")
            }
            #expect(try await client.get(Self.path + "/2/file").problem == "unknown-picture")
        }
    }

    @Test func vectors() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            let json = try await client.get(Self.path + "/1/vector").json()
            let embedder = GridEmbedder()
            let pixels = try ImageDecoder().decode(picture(0), for: embedder.input).pixels
            let expected = try embedder.embed(pixels).values
            #expect(json["vector"]?.list.compactMap { $0.number.map(Float.init) } == expected)
        }
    }

    @Test(arguments: ["0", "-1", "a", "1.5", "9223372036854775808", "%00", "..%2f..%2fetc"])
    func idsThatAreNone(_ id: String) async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            #expect(try await client.get(Self.path + "/" + id).status == 400)
        }
    }

    @Test func pathsBelowAllowedFolders() async throws {
        let server = try TestServer()
        let allowed = server.folder + "/allowed"
        try FileManager.default.createDirectory(atPath: allowed, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: allowed + "2", withIntermediateDirectories: true)
        for number in 0..<3 { try Data(picture(number)).write(to: URL(fileURLWithPath: "\(allowed)/\(number).jpg")) }
        try Data(picture(7)).write(to: URL(fileURLWithPath: allowed + "2/7.jpg"))
        try FileManager.default.createSymbolicLink(
            atPath: allowed + "/out.jpg", withDestinationPath: allowed + "2/7.jpg")
        let options = server.options { options in
            options.allowedFolders = [allowed]
        }
        try await server.run(options: options) { client async throws in
            for path in [
                allowed + "2/7.jpg", allowed + "/../allowed2/7.jpg", allowed + "/out.jpg", "/etc/passwd", "allowed",
                allowed + "/missing.jpg", "\\u0000",
            ] {
                #expect(try await client.post(Self.path, #"{"path":"\#(path)"}"#).problem == "path-not-allowed")
            }
            let started = try await client.post(Self.path, #"{"path":"\#(allowed)/1.jpg","attributes":{"a":1}}"#)
            #expect(started.status == 202)
            let job = try #require(try started.json()["id"]?.text)
            #expect(started.headers[.location] == "/v1/jobs/" + job)
            let ended = try await Client.end(of: job, client)
            #expect(ended["state"] == "done")
            #expect(ended["result"]?["added"] == 1)
            #expect(try await client.get(Self.path + "/1").json()["attributes"] == ["a": 1])
        }
    }

    /// What a link below an allowed folder leads to, outside of it, is passed over: files, folders and nothing at all.
    @Test func linksDoNotLeadOutOfAllowedFolders() async throws {
        let server = try TestServer()
        let (allowed, other, secret) = (server.folder + "/allowed", server.folder + "/other", server.folder + "/secret")
        for folder in [allowed + "/in", other, secret + "/deep"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        for (number, path) in [allowed + "/in/0.jpg", other + "/1.jpg", secret + "/2.jpg", secret + "/deep/3.jpg"]
            .enumerated()
        {
            try Data(picture(number)).write(to: URL(fileURLWithPath: path))
        }
        for (name, target) in [
            ("file.jpg", secret + "/2.jpg"), ("folder", secret), ("up", ".."), ("nothing.jpg", secret + "/none.jpg"),
            ("nothing", secret + "/none"), ("twice.jpg", allowed + "/file.jpg"), ("self.jpg", "self.jpg"),
            ("inside.jpg", "in/0.jpg"), ("between.jpg", other + "/1.jpg"),
        ] {
            try FileManager.default.createSymbolicLink(atPath: allowed + "/" + name, withDestinationPath: target)
        }
        let options = server.options { $0.allowedFolders = [allowed, other] }
        try await server.run(options: options) { client async throws in
            let started = try await client.post(Self.path, #"{"path":"\#(allowed)"}"#)
            let ended = try await Client.end(of: try #require(try started.json()["id"]?.text), client)
            #expect(ended["state"] == "done")
            #expect(ended["result"]?["added"] == 2)
            #expect(ended["result"]?["known"] == 1)
            #expect(ended["result"]?["passed_over"] == 7)
            #expect(ended["result"]?["skipped"] == 0)
            #expect(try await client.get("/v1/collections/photos").json()["pictures"] == 2)
        }
    }

    @Test func addressesAreNotFetchedUnlessAllowed() async throws {
        try await TestServer().run { client async throws in
            let body = #"{"url":"http://example.org/a.jpg"}"#
            #expect(try await client.post(Self.path, body).problem == "url-not-allowed")
            let search = #"{"query":{"positive":[{"url":"http://example.org/a.jpg"}]}}"#
            #expect(try await client.post("/v1/collections/photos/search", search).problem == "url-not-allowed")
        }
        let server = try TestServer()
        let options = server.options { options in
            options.fetchesURLs = true
        }
        try await server.run(options: options) { client async throws in
            for url in ["http://127.0.0.1/a.jpg", "http://[::1]/", "http://169.254.169.254/", "file:///etc/passwd"] {
                #expect(try await client.post(Self.path, #"{"url":"\#(url)"}"#).problem == "url-not-allowed")
            }
        }
    }
}

extension Client {
    /// The job once it has ended.
    static func end(of job: String, _ client: Client) async throws -> JSONValue {
        while true {
            let json = try await client.get("/v1/jobs/" + job).json()
            if json["state"] != "running" { return json }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
