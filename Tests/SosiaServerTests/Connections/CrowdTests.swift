import Foundation
import Testing

@testable import SosiaServer

/// More connections than are admitted.
@Suite(.timeLimit(.minutes(10)))
struct CrowdTests {
    private static let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    /// Asks something, so that the server is known to have admitted the connection.
    private static func asked(_ port: Int) throws -> RawConnection {
        let connection = try RawConnection(port: port)
        connection.send(health)
        #expect(connection.answer()?.status == 200)
        return connection
    }

    private static func serving(
        _ connections: Int, _ body: @escaping @Sendable (_ port: Int) throws -> Void
    ) async throws {
        let server = try TestServer()
        try await server.serve(server.options { $0.limits.connections = connections }) { port in
            try await RawConnection.onThread { try body(port) }
        }
    }

    @Test func theIdlestIsClosed() async throws {
        try await Self.serving(3) { port in
            let connections = try (0..<3).map { _ in try Self.asked(port) }
            connections[0].send(Self.health)
            #expect(connections[0].answer()?.status == 200)
            let fourth = try Self.asked(port)
            #expect(connections[1].receive().isEmpty)
            for connection in [connections[0], connections[2], fourth] {
                connection.send(Self.health)
                #expect(connection.answer()?.status == 200)
            }
        }
    }

    @Test func whoSendsABodyIsNotClosedAndOthersAreToldToComeBack() async throws {
        try await Self.serving(3) { port in
            let form = try Form.pictures(0..<1).whole
            let workers = try (0..<3).map { _ in
                let connection = try RawConnection(port: port)
                connection.send(
                    "POST /v1/collections/photos/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        + Form.contentType + "\r\nContent-Length: \(form.count)\r\nExpect: 100-continue\r\n\r\n")
                // The server is about to read the body.
                #expect(
                    String(decoding: connection.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 100 Continue\r\n\r\n"))
                return connection
            }
            for hasAsked in [false, true] {
                let connection = try RawConnection(port: port)
                if hasAsked { connection.send(Self.health) }
                let answer = try #require(connection.answer())
                #expect(answer.status == 503)
                #expect(answer.head.contains("\r\nretry-after: 1\r\n") && answer.head.contains("\r\nconnection: close"))
                #expect(String(decoding: answer.body, as: UTF8.self).contains("urn:sosia:problem:overloaded"))
                #expect(connection.receive().isEmpty)
            }
            for worker in workers {
                worker.send(form)
                #expect((200..<300).contains(worker.answer()?.status ?? 0))
            }
            // They are idle by now and give way.
            #expect(try RawConnection.request(port: port, "GET", "/healthz")?.status == 200)
        }
    }
}
