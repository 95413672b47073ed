import HTTPTypes
import HummingbirdTesting
import Testing

@testable import SosiaServer

struct RequestHostTests {
    @Test(arguments: [
        "localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:65535", "localhost:",
        "[0:0:0::1]:80",
    ])
    func thisMachine(_ text: String) {
        #expect(RequestHost(text)?.isLoopback == true)
    }

    @Test(arguments: [
        "", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "localhost.", "[::2]:80",
        "%6cocalhost", "127.0.0.2", "0.0.0.0",
    ])
    func otherHosts(_ text: String) {
        #expect(RequestHost(text)?.isLoopback == false)
    }

    @Test(arguments: [
        "[::1].evil.com", "localhost:evil.com", "localhost:80evil", "localhost:80:80", "localhost:65536",
        "localhost:-1", "[::1", "[::1]80", "[127.0.0.1]", "[]", "[v1.a]", "::1", "localhost@evil.com", "localhost/",
        "local host",
        "localhost:\u{661}", "localhost\u{301}:80", "localhost,evil.com:80:", "user:localhost", "[::1%25lo]",
        "localhost#",
    ])
    func noHosts(_ text: String) {
        #expect(RequestHost(text) == nil)
    }

    @Test(arguments: [nil, "key"])
    func oneHostOnly(_ key: String?) async throws {
        let server = try TestServer()
        var options = server.options
        if let key {
            options.keyFile = server.folder + "/keys.json"
            _ = try KeyFile(server.folder + "/keys.json").change { ring throws(KeyFileError) in
                try ring.add(name: key, scopes: [.read])
            }
        }
        try await server.run(.live, options: options) { client async throws in
            let port = try #require(client.client.port)
            try await RawConnection.onThread { () throws in
                func status(_ hosts: String...) throws -> Int? {
                    let connection = try RawConnection(port: port)
                    connection.send("GET /healthz HTTP/1.1\r\n" + hosts.map { "Host: \($0)\r\n" }.joined() + "\r\n")
                    return connection.answer()?.status
                }
                #expect(try status("localhost") == 200)
                #expect(try status("localhost", "localhost") == 400)
                #expect(try status("localhost", "evil.example") == 400)
                #expect(try status("evil.example", "localhost") == 400)
                for host in ["[::1].evil.com", "localhost:evil.com"] { #expect(try status(host) == 400) }
                // With keys the server has names that it does not know.
                #expect(try status("pictures.example") == (key == nil ? 403 : 200))
            }
        }
    }
}
