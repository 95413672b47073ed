import Foundation
import HTTPTypes
import SessionSupport
import Sosia
import TestSupport
import Testing

@testable import SosiaServer

struct SearchTests {
    static let path = "/v1/collections/photos"

    private static func ids(_ answer: JSONValue) -> [Int] {
        answer["results"]?.list.compactMap { $0["id"]?.number.map { Int($0) } } ?? []
    }

    /// Brute force over the pictures of some numbers; their ids are one more.
    private static func nearest(_ numbers: Range<Int>, to vector: [Float]) throws -> [Int] {
        let embedder = GridEmbedder()
        let distances = try numbers.map { number in
            let pixels = try ImageDecoder().decode(picture(number), for: embedder.input).pixels
            let values = try embedder.embed(pixels).values
            return (zip(values, vector).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }, number + 1)
        }
        return distances.sorted { $0 < $1 }.map(\.1)
    }

    private static func vector(_ number: Int) throws -> [Float] {
        let embedder = GridEmbedder()
        return try embedder.embed(ImageDecoder().decode(picture(number), for: embedder.input).pixels).values
    }

    @Test func byUploadByIDAndByVector() async throws {
        try await TestServer().run(pictures: 0..<20) { client async throws in
            let expected = try Self.nearest(0..<20, to: Self.vector(7))
            var form = Form()
            form.add("picture", fileName: "q.jpg", try picture(7))
            form.add("k", "5")
            let uploaded = try await client.post(Self.path + "/search", form)
            #expect(uploaded.status == 200, "\(uploaded.text)")
            #expect(Self.ids(try uploaded.json()) == Array(expected.prefix(5)))
            #expect(try uploaded.json()["results"]?[0]?["distance"]?.number == 0)
            #expect(try uploaded.json()["timing_ms"]?["embed"]?.number ?? 0 > 0)
            #expect(try uploaded.json()["plan"]?["scanned"]?.number ?? 0 > 0)

            let similar = try await client.get(Self.path + "/images/8/similar?k=4").json()
            #expect(Self.ids(similar) == Array(expected.dropFirst().prefix(4)))

            let vector = try Self.vector(7)
            let bytes = vector.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
            }
            for written in ["\(vector)", "\"\(Data(bytes).base64EncodedString())\""] {
                let byVector = try await client.post(
                    Self.path + "/search", #"{"query":{"positive":[{"vector":\#(written)}]},"k":5,"exact":true}"#)
                #expect(Self.ids(try byVector.json()) == Array(expected.prefix(5)))
                #expect(try byVector.json()["plan"]?["exact"] == true)
            }
        }
    }

    @Test func anIndexIsAskedForByName() async throws {
        try await TestServer().run(pictures: 0..<5) { client async throws in
            func search(_ options: String) async throws -> Answer {
                try await client.post(Self.path + "/search", #"{"query":{"positive":[{"id":1}]}\#(options)}"#)
            }
            let scan = try await search(#","index":"flat","exact":true"#).json()
            #expect(scan["plan"]?["index"] == "flat" && Self.ids(scan).count == 4)
            #expect(
                try await client.get(Self.path + "/images/1/similar?index=flat").json()["results"] == scan["results"])
            var form = Form()
            form.add("picture", fileName: "q.jpg", try picture(1))
            form.add("index", "flat")
            #expect(try await client.post(Self.path + "/search", form).json()["plan"]?["index"] == "flat")

            for name in ["graph", "pq"] {
                let absent = try await search(#","index":"\#(name)""#)
                #expect(absent.status == 400 && absent.problem == "invalid-parameter")
                #expect(try absent.json()["known"] == ["flat"])
                #expect(try await client.get(Self.path + "/images/1/similar?index=\(name)").status == 400)
            }
            #expect(try await search(#","index":"graph","exact":true"#).problem == "invalid-parameter")
            let long = String(repeating: "x", count: SearchOptions.maximumIndex + 1)
            #expect(try await search(#","index":"\#(long)""#).problem == "invalid-body")
            #expect(
                try await client.get(Self.path + "/images/1/similar?index=\(long)").problem == "invalid-parameter")
        }
    }

    @Test func pagesHangTogether() async throws {
        try await TestServer().run(pictures: 0..<20) { client async throws in
            let all = Self.ids(try await client.get(Self.path + "/images/1/similar?k=19").json())
            var cursor: String?
            var found: [Int] = []
            repeat {
                let page = try await client.get(
                    Self.path + "/images/1/similar?k=6" + (cursor.map { "&cursor=" + $0 } ?? "")
                ).json()
                found += Self.ids(page)
                cursor = page["next_cursor"]?.text
            } while cursor != nil && found.count < 100
            #expect(found == all)
        }
    }

    @Test func severalExamplesFilterAndDistance() async throws {
        let server = try TestServer()
        try await server.run(pictures: 0..<10, attributes: #"{"shop":"A"}"#) { client async throws in
            try await client.upload(10..<20, attributes: #"{"shop":"B"}"#)
            let body = """
                {"query":{"positive":[{"id":3,"weight":2},{"upload":"mine"}],"negative":[{"id":5}]},
                 "filter":"shop = 'B'","k":4}
                """
            var form = Form()
            form.add("request", body)
            form.add("mine", fileName: "a.jpg", try picture(12))
            let answer = try await client.post(Self.path + "/search", form)
            #expect(answer.status == 200, "\(answer.text)")
            let ids = Self.ids(try answer.json())
            #expect(ids.count == 4)
            #expect(ids.allSatisfy { $0 > 10 })
            let near = try await client.get(Self.path + "/images/1/similar?max_distance=0").json()
            #expect(Self.ids(near) == [])
            let filtered = try await client.get(Self.path + "/images/1/similar?filter=shop%20%3D%20'B'&k=20").json()
            #expect(Set(Self.ids(filtered)) == Set(11...20))
        }
    }

    @Test func aRegionIsAPictureOfItsOwn() async throws {
        try await TestServer().run(pictures: 0..<5) { client async throws in
            // The upper left cell has one colour only.
            var form = Form()
            form.add("picture", fileName: "q.jpg", try picture(2, side: 64))
            form.add("region", #"{"x":0,"y":0,"width":16,"height":16}"#)
            let part = try await client.post(Self.path + "/search", form).json()
            #expect(Self.ids(part).count == 5)
            #expect(part["results"]?[0]?["distance"]?.number ?? 0 > 0.1)
        }
    }

    @Test func batches() async throws {
        try await TestServer().run(pictures: 0..<10) { client async throws in
            let searches = (1...3).map { #"{"query":{"positive":[{"id":\#($0)}]},"k":3}"# }.joined(separator: ",")
            let answer = try await client.post(Self.path + "/search/batch", #"{"searches":[\#(searches)]}"#)
            #expect(answer.status == 200, "\(answer.text)")
            let answers = try answer.json()["answers"]?.list ?? []
            #expect(answers.count == 3)
            for (number, batched) in answers.enumerated() {
                let alone = try await client.get(Self.path + "/images/\(number + 1)/similar?k=3").json()
                #expect(Self.ids(batched) == Self.ids(alone))
            }
        }
    }

    @Test func duplicates() async throws {
        try await TestServer().run(pictures: 0..<5) { client async throws in
            // The same pictures in another size are near-identical.
            var form = Form()
            form.add("file", fileName: "big.jpg", try picture(3, side: 128))
            _ = try await client.post(Self.path + "/images", form)
            let answer = try await client.get(Self.path + "/duplicates?max_distance=0.1")
            #expect(answer.status == 200, "\(answer.text)")
            let group = try answer.json()["groups"]?[0]
            #expect(group?.list.compactMap { $0["id"]?.number } == [4, 6])
            #expect(try await client.get(Self.path + "/duplicates").problem == "invalid-parameter")
        }
    }

    @Test func attributesThatExist() async throws {
        try await TestServer().run(pictures: 0..<3, attributes: #"{"shop":"A"}"#) { client async throws in
            let names = try await client.get(Self.path + "/attributes").json()["attributes"]?.list
            let shop = names?.first { $0["name"] == "shop" }
            #expect(shop?["pictures"] == 3)
            #expect(shop?["values"] == ["A"])
        }
    }

    /// A body, and what is said about it.
    @Test(arguments: [
        ("", "invalid-body"), ("{", "invalid-body"), ("[]", "invalid-body"), ("{}", "invalid-body"),
        (#"{"query":{}}"#, "invalid-body"), (#"{"query":{"positive":[]}}"#, "invalid-body"),
        (#"{"query":{"negative":[{"id":1}]}}"#, "invalid-body"),
        (#"{"query":{"positive":[{"id":1}]},"k":0}"#, "invalid-body"),
        (#"{"query":{"positive":[{"id":1}]},"k":1001}"#, "invalid-body"),
        (#"{"query":{"positive":[{"id":1}]},"k":"5"}"#, "invalid-body"),
        (#"{"query":{"positive":[{"id":1}]},"more":1}"#, "invalid-body"),
        (#"{"query":{"positive":[{"id":1,"url":"http://a"}]}}"#, "invalid-body"),
        (#"{"query":{"positive":[{"id":1,"weight":0}]}}"#, "invalid-body"),
        (#"{"query":{"positive":[{"upload":"a"}]}}"#, "invalid-body"),
        (#"{"query":{"positive":[{"id":1}]},"filter":"price <"}"#, "invalid-filter"),
        (#"{"query":{"positive":[{"id":1}]},"cursor":"zzz"}"#, "invalid-cursor"),
        (#"{"query":{"positive":[{"id":1}]},"recall":2}"#, "invalid-body"),
        (#"{"query":{"positive":[{"id":99}]}}"#, "unknown-picture"),
        (#"{"query":{"positive":[{"vector":[1,2]}]}}"#, "dimension-mismatch"),
        (#"{"query":{"positive":[{"vector":"AACAPwAAAEA="}]}}"#, "dimension-mismatch"),
        (#"{"query":{"positive":[{"vector":"AADAfw=="}]}}"#, "invalid-body"),
        (#"{"query":{"positive":[{"vector":"AAAA"}]}}"#, "invalid-body"),
        (#"{"query":{"positive":[{"vector":""}]}}"#, "invalid-body"),
        (#"{"query":{"positive":[{"vector":"no base64"}]}}"#, "invalid-body"),
    ]) func wrongBodies(_ body: String, _ problem: String) async throws {
        try await TestServer().run(pictures: 0..<2) { client async throws in
            let answer = try await client.post(Self.path + "/search", body)
            #expect(answer.problem == problem, "\(body): \(answer.text)")
        }
    }

    @Test func wrongPictures() async throws {
        try await TestServer().run(pictures: 0..<2) { client async throws in
            var form = Form()
            form.add("picture", fileName: "q.jpg", Array("GIF89a".utf8))
            #expect(try await client.post(Self.path + "/search", form).problem == "not-a-picture")
            let text = try await client.send(.post, Self.path + "/search", [.contentType: "text/plain"], body: [1])
            #expect(text.problem == "unsupported-media-type")
            #expect(text.status == 415)
        }
    }
}
