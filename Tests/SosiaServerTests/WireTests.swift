import Foundation
import HTTPTypes
import HummingbirdTesting
import Sosia
import SosiaCore
import Testing

@testable import SosiaServer

/// What comes over a real connection and is not what it should be: the server says so, or hangs up, and lives on.
struct WireTests {
    private static func isAlive(_ port: Int) throws -> Bool {
        try RawConnection.request(port: port, "GET", "/healthz")?.status == 200
    }

    private static func run(
        pictures: Range<Int> = 0..<0, uploadBytes: Int = ServerLimits.uploadBytes.standard,
        _ body: @escaping @Sendable (_ port: Int) throws -> Void
    ) async throws {
        let server = try TestServer()
        let options = server.options { $0.limits.uploadBytes = uploadBytes }
        try await server.run(.live, pictures: pictures, options: options) { client async throws in
            let port = try #require(client.client.port)
            try await RawConnection.onThread { try body(port) }
        }
    }

    @Test func malformedRequests() async throws {
        try await Self.run { port in
            for text in [
                "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n",
                "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST /search/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            ] {
                let connection = try RawConnection(port: port)
                connection.send(text)
                connection.finishSending()
                let answer = connection.receiveAll()
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(text): \(answer)")
            }
            #expect(try Self.isAlive(port))
        }
    }

    @Test func headerFloods() async throws {
        try await Self.run { port in
            for flood in [
                (0..<2000).map { "X-\($0): a\r\n" }.joined(), "X: " + String(repeating: "a", count: 100_000) + "\r\n",
            ] {
                let connection = try RawConnection(port: port)
                connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + flood + "\r\n")
                let answer = connection.answer()
                #expect(answer == nil || answer?.status == 400 || answer?.status == 431)
            }
            #expect(try Self.isAlive(port))
        }
    }

    @Test func bodiesThatAreCut() async throws {
        try await Self.run { port in
            let form = try Form.pictures(0..<3).whole
            let head =
                "POST /v1/collections/photos/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + Form.contentType + "\r\nContent-Length: \(form.count)\r\n\r\n"
            for length in stride(from: 0, to: form.count, by: form.count / 20) {
                let connection = try RawConnection(port: port)
                connection.send(Array(head.utf8) + form[..<length])
                // Half of them say that nothing more comes, half are simply gone.
                if length % 2 == 0 {
                    connection.finishSending()
                    let answer = connection.answer()
                    #expect(answer == nil || answer?.status == 400)
                }
            }
            #expect(try Self.isAlive(port))
            let body = try RawConnection.request(port: port, "GET", "/v1/collections/photos")?.body ?? []
            #expect(String(decoding: body, as: UTF8.self).contains(#""pictures":0"#))
        }
    }

    @Test func formsInChunks() async throws {
        try await Self.run { port in
            let form = try Form.pictures(0..<2).whole
            let connection = try RawConnection(port: port)
            connection.send(
                "POST /v1/collections/photos/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(Form.contentType)\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            for start in stride(from: 0, to: form.count, by: 100) {
                let part = form[start..<min(start + 100, form.count)]
                connection.send(Array("\(String(part.count, radix: 16))\r\n".utf8) + part + Array("\r\n".utf8))
            }
            connection.send("0\r\n\r\n")
            #expect(connection.answer()?.status == 201)
        }
    }

    @Test func whatIsTooLargeIsRefusedBeforeItArrives() async throws {
        try await Self.run(uploadBytes: 10_000) { port in
            let connection = try RawConnection(port: port)
            connection.send(
                "POST /v1/collections/photos/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(Form.contentType)\r\n"
                    + "Content-Length: 100000000000\r\n\r\n")
            let answer = try #require(connection.answer())
            #expect(answer.status == 413)
            #expect(answer.head.contains("connection: close"))
        }
    }

    @Test func clientsThatAskFirstAreTold() async throws {
        try await Self.run { port in
            let body = Array(#"{"query":{"positive":[{"id":1}]}}"#.utf8)
            let connection = try RawConnection(port: port)
            connection.send(
                "POST /v1/collections/photos/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.count)\r\nExpect: 100-continue\r\n\r\n")
            #expect(String(decoding: connection.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 100 Continue\r\n\r\n"))
            connection.send(body)
            #expect(connection.answer()?.status == 404)
        }
    }

    @Test func stalledConnectionsLeaveOthersAlone() async throws {
        try await Self.run(pictures: 0..<5) { port in
            let stalled = try (0..<300).map { number in
                let connection = try RawConnection(port: port)
                switch number % 3 {
                case 0: connection.send("GET /healthz HTTP/1.1\r\nHost: loc")
                case 1:
                    connection.send(
                        "POST /v1/collections/photos/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                            + Form.contentType + "\r\nContent-Length: 1000000\r\n\r\n--")
                default: break
                }
                return connection
            }
            for _ in 0..<50 {
                let answer = try RawConnection.request(port: port, "GET", "/v1/collections/photos/images/1/similar")
                #expect(answer?.status == 200)
            }
            withExtendedLifetime(stalled) {}
        }
    }

    /// A thousand random bodies, with content types that fit and that do not.
    @Test func randomBodies() async throws {
        try await TestServer().run(pictures: 0..<2) { client async throws in
            var generator = SplitMix(seed: 9)
            let paths = [
                "/v1/collections/photos/images", "/v1/collections/photos/search", "/search/", "/insert/",
                "/v1/collections/photos/search/batch", "/v1/collections/photos/jobs", "/indexing/",
                "/v1/collections/photos/images/delete",
            ]
            let types = [
                "application/json", Form.contentType, "text/plain", "multipart/form-data", "image/jpeg",
                "application/json; charset=utf-16", "multipart/form-data; boundary=\"",
            ]
            for number in 0..<1000 {
                let body = (0..<Int.random(in: 0...500, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                let answer = try await client.send(
                    .post, paths[number % paths.count],
                    [.contentType: types[Int.random(in: 0..<types.count, using: &generator)]], body: body)
                #expect((400..<500).contains(answer.status), "\(answer.text)")
                #expect(answer.problem != nil)
            }
            #expect(try await client.get("/healthz").status == 200)
        }
    }
}
