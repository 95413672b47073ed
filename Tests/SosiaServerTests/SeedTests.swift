import Foundation
import HTTPTypes
import HummingbirdTesting
import SessionSupport
import Sosia
import SosiaCore
import Synchronization
import TestSupport
import Testing

@testable import SosiaServer

/// The seed interface: the key comes before the rest of the body is read, and strangers learn nothing.
struct SeedTests {
    private struct Keyed {
        let server: TestServer
        let options: ServerOptions
        let held: HeldBytes
        let reader: String
        let writer: String
    }

    private static func keyed() throws -> Keyed {
        let server = try TestServer()
        let file = server.folder + "/keys.json"
        let (reader, writer) = try KeyFile(file).change { ring throws(KeyFileError) in
            (try ring.add(name: "reader", scopes: [.read]), try ring.add(name: "writer", scopes: [.read, .write]))
        }
        let held = HeldBytes(maximum: 1 << 20)
        let options = server.options { options in
            options.keyFile = file
            options.held = held
        }
        return Keyed(server: server, options: options, held: held, reader: reader.text, writer: writer.text)
    }

    private static func image(_ number: Int) throws -> String { Data(try picture(number)).base64EncodedString() }

    @Test func theKeyIsInAHeaderOrFirst() async throws {
        let keyed = try Self.keyed()
        try await keyed.server.run(options: keyed.options) { client async throws in
            let image = try Self.image(1)
            func insert(_ body: String, _ headers: HTTPFields = [:]) async throws -> Answer {
                try await client.send(.post, "/insert/", headers, body: Array(body.utf8))
            }
            #expect(try await insert(#"{"key":"\#(keyed.writer)","image":"\#(image)"}"#).status == 200)
            let spaced = #"{ "location":"a", "key" : "\#(keyed.writer)","image":"\#(image)"}"#
            #expect(try await insert(spaced).status == 200)
            #expect(try await insert(#"{"image":"\#(image)"}"#, [.apiKey: keyed.writer]).status == 200)
            #expect(
                try await insert(#"{"image":"\#(image)"}"#, [.authorization: "Bearer \(keyed.writer)"]).status == 200)
            // The key of the header counts, and a wrong one is not made good by the body.
            let both = #"{"key":"\#(keyed.writer)","image":"\#(image)"}"#
            #expect(try await insert(both, [.apiKey: keyed.reader]).problem == "insufficient-scope")
            #expect(try await insert(both, [.apiKey: "wrong"]).problem == "unauthenticated")

            let read = #"{"key":"\#(keyed.reader)","image":"\#(image)"}"#
            #expect(try await insert(read).problem == "insufficient-scope")
            let long = String(repeating: "A", count: SeedBody.keyBytes)
            for body in [
                #"{"image":"\#(image)"}"#, #"{"key":null,"image":"a"}"#, #"{"key":7}"#, "no JSON", "", "[",
                #"{"image":"\#(long)","key":"\#(keyed.writer)"}"#, #"{"location":{"key":"\#(keyed.writer)"}}"#,
                #"{"location":"\"key\":\"\#(keyed.writer)\"","image":"a"}"#, #"{"key":"\#(keyed.writer.dropLast())"}"#,
                #"["key","\#(keyed.writer)"]"#, #"{"image":"key","x":["key",{"key":"\#(keyed.writer)"}]}"#,
            ] {
                #expect(try await insert(body).problem == "unauthenticated", "\(body.prefix(80))")
            }
            #expect(try await client.get("/v1/status").status == 401)
        }
    }

    /// Strangers announce a body of 80 MB: what they get to send is a few kilobytes.
    @Test(arguments: [#"{"key":"wrong","image":""#, #"{"image":""#, ""])
    func aStrangersBodyIsNotRead(_ head: String) async throws {
        let keyed = try Self.keyed()
        try await keyed.server.run(.live, options: keyed.options) { client async throws in
            let port = try #require(client.client.port)
            try await RawConnection.onThread {
                for path in ["/search/", "/insert/", "/indexing/"] {
                    let connection = try RawConnection(port: port)
                    connection.send(
                        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 80000000\r\n\r\n")
                    connection.send(head + String(repeating: "A", count: SeedBody.keyBytes))
                    let answer = connection.answer()
                    #expect(answer?.status == 401)
                    #expect(answer?.head.contains("connection: close") == true)
                }
            }
            #expect(keyed.held.load.peak <= 128 << 10)
            #expect(keyed.held.load.held == 0)
        }
    }

    /// With a key, the body is counted as it comes.
    @Test func aBodyIsCounted() async throws {
        let keyed = try Self.keyed()
        try await keyed.server.run(.live, options: keyed.options) { client async throws in
            let port = try #require(client.client.port)
            try await RawConnection.onThread {
                let withheld = try RawConnection(port: port)
                let head = #"{"key":"\#(keyed.reader)","image":""#
                withheld.send(
                    "POST /search/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(head.utf8.count + 800_000)\r\n\r\n"
                        + head)
                withheld.send([UInt8](repeating: UInt8(ascii: "A"), count: 600_000))
                while keyed.held.load.held < 600_000 { Thread.sleep(forTimeInterval: 0.01) }
                let more = Array(head.utf8) + [UInt8](repeating: 65, count: 500_000)
                let refused = try RawConnection.request(port: port, "POST", "/search/", body: more)
                #expect(refused?.status == 503)
                withheld.send([UInt8](repeating: UInt8(ascii: "A"), count: 200_000))
                #expect(withheld.answer()?.status == 400)
            }
            #expect(keyed.held.load.held == 0)
            // What never finds room is not told to come again.
            let body = #"{"key":"\#(keyed.reader)","image":"\#(String(repeating: "A", count: 1 << 20))"}"#
            #expect(try await client.post("/search/", body).problem == "body-too-large")
        }
    }

    @Test func aKeyIsATextAlsoWhereNoneIsNeeded() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            for body in [#"{"key":7}"#, #"{"key":["a"]}"#] {
                #expect(try await client.post("/indexing/", body).problem == "invalid-body")
            }
            #expect(try await client.post("/indexing/", #"{"key":"any"}"#).status == 200)
        }
    }

    @Test func strangersLearnThatTheServerIsAlive() async throws {
        let keyed = try Self.keyed()
        try await keyed.server.run(options: keyed.options) { client async throws in
            for count in 0..<2 {
                let health = try await client.get("/healthz")
                let stranger = try await client.get("/status/")
                #expect(stranger.status == health.status && stranger.bytes == health.bytes)
                #expect(try await client.send(.get, "/status/", [.apiKey: "wrong"]).problem == "unauthenticated")
                let known = try await client.send(.get, "/status/", [.apiKey: keyed.reader]).json()
                #expect(known["ok"] == .bool(count > 0))
                #expect(known["entities_num"] == (count > 0 ? "1" : nil))
                let body = #"{"key":"\#(keyed.writer)","image":"\#(try Self.image(1))"}"#
                #expect(try await client.post("/insert/", body).status == 200)
            }
        }
    }

    @Test func addressesAreAbsolute() async throws {
        let server = try TestServer()
        let cases: [(PublicURL?, HTTPFields, String)] = [
            (nil, [:], "http://localhost"),
            (try PublicURL("https://pictures.example.org/sosia/"), [:], "https://pictures.example.org/sosia"),
        ]
        for (number, (url, headers, base)) in cases.enumerated() {
            let options = server.options { $0.publicURL = url }
            try await server.run(pictures: number == 0 ? 0..<2 : 0..<0, options: options) { client async throws in
                let body = Array(#"{"image":"\#(try Self.image(1))"}"#.utf8)
                let answer = try await client.send(.post, "/search/", headers, body: body).json()
                guard case .string(let address)? = answer["image1"] else {
                    Issue.record("no address: \(answer)")
                    return
                }
                #expect(address == base + "/v1/collections/photos/images/2/file")
            }
        }
        // The host as the client named it, with its port.
        try await server.run(.live) { client async throws in
            let port = try #require(client.client.port)
            let body = Array(#"{"image":"\#(try Self.image(1))"}"#.utf8)
            try await RawConnection.onThread {
                let connection = try RawConnection(port: port)
                let head = "POST /search/ HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: \(body.count)\r\n\r\n"
                connection.send(Array(head.utf8) + body)
                let text = String(decoding: try #require(connection.answer()).body, as: UTF8.self)
                #expect(text.contains("\"http://127.0.0.1:\(port)/v1/collections/photos/images/2/file\""), "\(text)")
            }
        }
        for wrong in [
            "", "ftp://a", "https://", "https:///a", "example.org", "https://a b", "https://a/?b", "https://a/#b",
        ] {
            #expect(throws: ServerError.invalidURL(wrong)) { try PublicURL(wrong) }
        }
    }

    @Test func theStandardCollectionIsTheOneThatIsNamed() async throws {
        let server = try TestServer()
        for (number, name) in ["alpha", "beta"].enumerated() {
            let store = try await Store(
                creating: server.folder + "/all/\(name).sosia", embedder: GridEmbedder())
            _ = try await store.add(try (0...number).map { Upload(name: "\($0).jpg", bytes: try picture($0)) })
        }
        func pictures(_ name: String?) async throws -> String? {
            var options = ServerOptions(.directory(server.folder + "/all"))
            (options.port, options.standardCollection) = (0, name)
            let found = Mutex<String?>(nil)
            try await server.run(options: options) { client async throws in
                let answer = try await client.get("/status/")
                let count = try answer.json()["entities_num"]
                found.withLock {
                    $0 = answer.problem ?? count.flatMap { if case .string(let text) = $0 { text } else { nil } }
                }
            }
            return found.withLock(\.self)
        }
        #expect(try await pictures("beta") == "2")
        #expect(try await pictures("alpha") == "1")
        #expect(try await pictures(nil) == "unknown-collection")
        await #expect(throws: ServerError.collectionMissing(name: "gamma")) { _ = try await pictures("gamma") }
    }

    @Test func picturesInEveryWriting() async throws {
        try await TestServer().run { client async throws in
            for number in 0..<6 {
                // Pictures of three lengths end with no, one and two padding digits.
                let bytes = try picture(number) + [UInt8](repeating: 0, count: number % 3)
                let image = Data(bytes).base64EncodedString()
                let written = [
                    image, "data:image/jpeg;base64," + image, image.replacing("/", with: "\\/"),
                    "data:image\\/jpeg;base64," + image.replacing("/", with: "\\u002F"),
                ]
                for (position, image) in written.enumerated() {
                    let rest = #","location":"a \"image\": b","key":"k"}"#
                    let answer = try await client.post("/insert/", #"{"image" : "\#(image)"\#(rest)"#)
                    #expect(answer.status == 200, "\(number) \(position): \(answer.text)")
                }
                let record = try await client.get("/v1/collections/photos/images/\(number + 1)").json()
                #expect(record["attributes"]?["location"] == #"a "image": b"#)
                #expect(try await client.get("/v1/collections/photos/images/\(number + 1)/file").bytes == bytes)
            }
            #expect(try await client.get("/v1/collections/photos").json()["pictures"] == 6)
            for image in [
                #""A""#, #""AA""#, #""AAA""#, #""A=AA""#, #""====""#, #""AAAA=""#, #""AA\n==""#, "7", "null",
                #"["AAAA"]"#,
                #""AA-_""#,
            ] {
                let answer = try await client.post("/insert/", #"{"image":\#(image)}"#)
                #expect(answer.problem == "invalid-body", "\(image)")
            }
            #expect(try await client.post("/insert/", #"{"image":"","x":1}"#).problem == "invalid-body")
        }
    }
}
