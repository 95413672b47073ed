import Foundation
import Testing

@testable import SosiaServer

/// `100 Continue` (RFC 9110, section 10.1.1), and what HTTP/1.0 does not know.
@Suite(.timeLimit(.minutes(10)))
struct ExpectationTests {
    private static let body = #"{"query":{"positive":[{"id":1}]}}"#
    private static let proceed = "HTTP/1.1 100 Continue\r\n\r\n"

    /// The head of a search with a body.
    private static func head(
        _ version: String = "1.1", expect: String = "100-continue", length: Int = body.utf8.count, _ more: String = ""
    ) -> String {
        "POST /v1/collections/photos/search HTTP/\(version)\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(length)\r\nExpect: \(expect)\r\n\(more)\r\n"
    }

    private static func serving(
        _ change: (inout ServerOptions) -> Void = { _ in }, _ body: @escaping @Sendable (_ port: Int) throws -> Void
    ) async throws {
        let server = try TestServer()
        try await server.serve(server.options(change)) { port in
            try await RawConnection.onThread { try body(port) }
        }
    }

    /// A picture of so many pixels that no buffer of a connection takes it: three bytes each, and nothing compressed.
    private static func bitmap(_ side: Int) -> [UInt8] {
        func bytes(_ value: Int, _ count: Int = 4) -> [UInt8] { (0..<count).map { UInt8(value >> ($0 * 8) & 255) } }
        let pixels = (0..<side * side * 3).map { UInt8($0 * 31 >> 4 & 255) }
        return Array("BM".utf8) + bytes(54 + pixels.count) + bytes(0) + bytes(54) + bytes(40) + bytes(side)
            + bytes(side) + bytes(1, 2) + bytes(24, 2) + bytes(0) + bytes(pixels.count) + bytes(0) + bytes(0)
            + bytes(0) + bytes(0) + pixels
    }

    @Test func itDoesNotFallIntoAnAnswerThatIsStillGoingOut() async throws {
        try await Self.serving { port in
            let picture = Self.bitmap(1_500)
            var form = Form()
            form.add("file", fileName: "large.bmp", picture)
            let added = try RawConnection.request(
                port: port, "POST", "/v1/collections/photos/images", ["Content-Type: " + Form.contentType],
                body: form.whole)
            #expect(added?.status == 201)

            let connection = try RawConnection(port: port, window: 65_536)
            connection.send("GET /v1/collections/photos/images/1/file HTTP/1.1\r\nHost: localhost\r\n\r\n")
            var bytes = connection.receive(atLeast: 1_000_000)
            connection.send(Self.head())
            let head = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8))).upperBound
            bytes += connection.receive(atLeast: head + picture.count + Self.proceed.utf8.count - bytes.count)
            connection.send(Self.body)
            #expect(connection.answer()?.status == 200)
            #expect(String(decoding: bytes[(head + picture.count)...], as: UTF8.self) == Self.proceed)
            #expect(bytes[head...].prefix(picture.count) == picture[...])
        }
    }

    @Test func itDoesNotOvertakeAnEarlierAnswer() async throws {
        try await Self.serving { port in
            let connection = try RawConnection(port: port)
            connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" + Self.head())
            var text = ""
            while !text.hasSuffix(Self.proceed), case let part = connection.receive(), !part.isEmpty {
                text += String(decoding: part, as: UTF8.self)
            }
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix(#"{"ok":true}"# + Self.proceed), "\(text)")
            connection.send(Self.body)
            #expect(connection.answer()?.status == 404)
        }
    }

    @Test func itIsNotSaidForABodyThatIsNotRead() async throws {
        let server = try TestServer()
        let file = server.folder + "/keys.json"
        let key = try KeyFile(file).change { ring throws(KeyFileError) in try ring.add(name: "a", scopes: [.read]) }
        try await server.serve(server.options { $0.keyFile = file }) { port in
            try await RawConnection.onThread {
                let large = ServerLimits.documentBytes + 1
                for (head, status) in [
                    (Self.head(), 401), (Self.head(length: large, "x-api-key: \(key.text)\r\n"), 413),
                    (Self.head(expect: "something", "x-api-key: \(key.text)\r\n"), 417),
                    (Self.head(expect: "100-continue, something", "x-api-key: \(key.text)\r\n"), 417),
                ] {
                    let connection = try RawConnection(port: port)
                    connection.send(head)
                    let answer = try #require(connection.answer())
                    #expect(answer.status == status, "\(head)")
                    // The body may follow or not; only the end of the connection makes that clear.
                    #expect(answer.head.contains("connection: close"))
                }
                let connection = try RawConnection(port: port)
                connection.send(Self.head("1.1", "x-api-key: \(key.text)\r\n"))
                #expect(connection.answer()?.status == 100)
                connection.send(Self.body)
                #expect(connection.answer()?.status == 404)
            }
        }
    }

    @Test func whoDoesNotWaitIsAnswered() async throws {
        try await Self.serving { port in
            let connection = try RawConnection(port: port)
            for _ in 0..<3 {
                connection.send(Self.head() + Self.body)
                #expect(connection.answer()?.status == 404)
            }
            // Nothing is waited for where there is no body.
            connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n")
            #expect(connection.answer()?.status == 200)
        }
    }

    /// It has no interim answers and no chunks, and a connection is for one request.
    @Test func oldClientsGetWhatTheyKnow() async throws {
        try await Self.serving { port in
            let connection = try RawConnection(port: port)
            connection.send(Self.head("1.0"))
            // Whatever is said before the body is not for such a client.
            connection.send(Self.body)
            let text = connection.receiveAll()
            #expect(text.hasPrefix("HTTP/1.0 404 ") && !text.contains("100 Continue"), "\(text)")
            #expect(text.lowercased().contains("connection: close"))

            let form = try Form.pictures(0..<1).whole
            let added = try RawConnection.request(
                port: port, "POST", "/v1/collections/photos/images", ["Content-Type: " + Form.contentType], body: form)
            #expect(added?.status == 201)
            for path in ["/healthz", "/openapi.json", "/v1/collections/photos/images/1/file"] {
                let connection = try RawConnection(port: port)
                connection.send("GET \(path) HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n")
                let text = connection.receiveAll()
                #expect(text.hasPrefix("HTTP/1.0 200 "), "\(path)")
                #expect(!text.lowercased().contains("transfer-encoding"), "\(path)")
            }
        }
    }
}
