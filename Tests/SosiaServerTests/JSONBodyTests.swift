import Foundation
import HTTPTypes
import SosiaCore
import TestSupport
import Testing

@testable import SosiaServer

/// What strangers may send as JSON, at every door of the server.
struct JSONBodyTests {
    private static let images = "/v1/collections/photos/images"

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    /// Deep lists where a value is expected, and where no value ends.
    @Test func deepBodiesAreRefusedAtEveryDoor() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            let deep = [
                Self.nested(480), String(repeating: "[", count: 10_000), String(repeating: #"{"a":"#, count: 40),
            ]
            for value in deep {
                for (method, path, body) in [
                    (.post, "/v1/collections/photos/search", #"{"query":\#(value)}"#),
                    (.post, "/v1/collections/photos/search/batch", #"{"searches":[\#(value)]}"#),
                    (.post, Self.images, #"{"url":"http://a/","attributes":{"a":\#(value)}}"#),
                    (.patch, Self.images + "/1", #"{"attributes":{"a":\#(value)}}"#),
                    (.post, "/v1/collections/photos/jobs", value), (.put, "/v1/collections/new", value),
                    (.post, "/search/", #"{"image":\#(value)}"#), (.post, "/insert/", #"{"image":\#(value)}"#),
                ] as [(HTTPRequest.Method, String, String)] {
                    let answer = try await client.post(path, body, method: method)
                    #expect(answer.problem == "invalid-body", "\(path): \(answer.text.prefix(300))")
                    #expect(answer.text.contains("nested more than 32 deep"), "\(path): \(answer.text.prefix(300))")
                }
                var form = Form()
                form.add("region", value)
                form.add("picture", fileName: "q.jpg", try picture(0))
                for answer in [
                    try await client.post("/v1/collections/photos/search", form),
                    try await client.post(Self.images, Form.pictures(1..<2, attributes: #"{"a":\#(value)}"#)),
                ] {
                    #expect(answer.problem == "invalid-body")
                    #expect(answer.text.contains("nested more than 32 deep"), "\(answer.text.prefix(300))")
                }
            }
            let area = #"within('{"type":"Polygon","coordinates":\#(Self.nested(480))}')"#
            let address = try #require(area.addingPercentEncoding(withAllowedCharacters: .urlHostAllowed))
            let search = JSONValue.object(["query": ["positive": [["id": 1]]], "filter": .string(area)])
            for answer in [
                try await client.get(Self.images + "?filter=" + address),
                try await client.post("/v1/collections/photos/search", String(decoding: search.json, as: UTF8.self)),
            ] {
                #expect(answer.problem == "invalid-filter")
                #expect(answer.text.contains("nested more than 32 deep"), "\(answer.text)")
            }
        }
    }

    @Test func errorsSayWhereTheTextIsWrong() async throws {
        try await TestServer().run { client async throws in
            let answer = try await client.post("/v1/collections/photos/search", "{\"query\":\n {\"positive\" []}}")
            #expect(answer.problem == "invalid-body")
            #expect(
                answer.text.contains("the body is not a JSON document: line 2, byte 24: : is expected"),
                "\(answer.text)")
        }
    }

    @Test func unknownMembersAreNamedWhateverTheirNames() async throws {
        try await TestServer().run { client async throws in
            for name in [
                "kk", "\u{212a}", String(repeating: "\u{301}", count: 100), String(repeating: "~/", count: 128),
            ] {
                let body = JSONValue.object([name: 1, "query": [:]])
                let answer = try await client.post(
                    "/v1/collections/photos/search", String(decoding: body.json, as: UTF8.self))
                let pointer = try answer.json()["pointer"]?.text
                #expect(answer.problem == "invalid-body")
                #expect(pointer == "/" + name.replacing("~", with: "~0").replacing("/", with: "~1"))
            }
            let long = JSONValue.object([String(repeating: "\u{301}", count: 100_000): 1])
            let answer = try await client.post(
                "/v1/collections/photos/search", String(decoding: long.json, as: UTF8.self))
            #expect(answer.text.contains("the name has more than 256 bytes"))
        }
    }

    // MARK: Attributes

    /// As deep as they may be, in many places: each value is looked at once, whatever the depth.
    @Test func attributesOfTheGreatestDepthAreTaken() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            let deep = [String](repeating: Self.nested(29), count: 500).joined(separator: ",")
            let answer = try await client.post(
                Self.images + "/1", #"{"attributes":{"a":[\#(deep)]}}"#, method: .patch)
            #expect(answer.status == 200, "\(answer.text.prefix(300))")
            #expect(answer.text.contains(#""attributes":{"a":[\#(deep)]}"#))
        }
    }

    private static func attributes(_ bytes: Int) -> JSONValue {
        // {"a":"..."}
        .object(["a": .string(String(repeating: "x", count: bytes - 8))])
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.json, as: UTF8.self) }

    /// The error names the picture, the size and the limit, wherever attributes enter.
    @Test func attributesThatAreTooLargeAreRefusedAtEveryDoor() async throws {
        let most = Attributes.maximumBytes
        try await TestServer().run(pictures: 0..<1) { client async throws in
            let (fits, large) = (Self.attributes(most), Self.attributes(most + 1))
            let patch = Self.text(["attributes": large])
            for (answer, name) in [
                (try await client.post(Self.images + "/1", patch, method: .patch), "picture 1"),
                (
                    try await client.post(Self.images, Form.pictures(1..<3, attributes: Self.text(large))),
                    "the files that follow"
                ),
                (
                    try await client.post(Self.images, Self.text(["url": "http://a/b.jpg", "attributes": large])),
                    "http://a/b.jpg"
                ),
                (try await client.post(Self.images, Self.text(["path": "/a/b.jpg", "attributes": large])), "/a/b.jpg"),
            ] {
                #expect(answer.problem == "body-too-large", "\(answer.text.prefix(300))")
                let facts = try answer.json()
                #expect(facts["picture"] == .string(name) && facts["maximum"]?.number == Double(most))
                #expect(facts["got"]?.number == Double(most + 1), "\(answer.text.prefix(300))")
            }
            #expect(
                try await client.post(Self.images + "/1", Self.text(["attributes": fits]), method: .patch).status == 200
            )
            let answer = try await client.post(Self.images, Form.pictures(1..<2, attributes: Self.text(fits)))
            #expect(answer.status == 201)
        }
    }

    /// What fits alone, but not together with what is there.
    @Test func attributesDoNotGrowBeyondTheLimitByAndBy() async throws {
        let most = Attributes.maximumBytes
        try await TestServer().run(pictures: 0..<1) { client async throws in
            let half = String(repeating: "x", count: most / 2)
            for (name, status) in [("a", 200), ("b", 413), ("a", 200)] {
                let patch = JSONValue.object(["attributes": .object([name: .string(half)])])
                let answer = try await client.post(Self.images + "/1", Self.text(patch), method: .patch)
                #expect(answer.status == status, "\(name): \(answer.text.prefix(300))")
                if status == 413 { #expect(try answer.json()["picture"] == "picture 1") }
            }
            let answer = try await client.post(Self.images, Form.pictures(0..<1, attributes: #"{"c":"\#(half)"}"#))
            #expect(answer.status == 413, "\(answer.text.prefix(300))")
            let kept = try await client.get(Self.images + "/1").json()["attributes"]
            #expect(kept == .object(["a": .string(half)]))
        }
    }
}
