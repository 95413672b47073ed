import Foundation
import NIOSSL
import Testing

@testable import SosiaServer

/// https: the name that was asked for is in the handshake and held against the certificate, whatever the address.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestCertificate.canBeMade, "skipped: openssl is not installed"))
struct SecureFetchTests {
    private func fetcher(_ certificate: TestCertificate, port: Int, names: [String]) throws -> PictureFetcher {
        var options = FetchOptions.untimed
        options.isEnabled = true
        options.hosts = try AllowedHosts("127.0.0.1:\(port)")
        return PictureFetcher(
            options,
            resolver: ScriptedResolver(Dictionary(uniqueKeysWithValues: names.map { ($0, [["127.0.0.1"]]) })),
            trustRoots: .file(certificate.certificatePath))
    }

    @Test func theNameIsHeldAgainstTheCertificate() async throws {
        let certificate = try TestCertificate(name: "pictures.example")
        let server = try await ScriptedServer(tls: certificate.serverContext()) { path in
            switch path {
            case "/up": [.send("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")]
            case "/down":
                [.send("HTTP/1.1 302 Found\r\nLocation: http://pictures.example/\r\nContent-Length: 0\r\n\r\n")]
            default: [.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")]
            }
        }
        let fetcher = try fetcher(certificate, port: server.port, names: ["pictures.example", "other.example"])
        let origin = "https://pictures.example:\(server.port)"

        for path in ["/", "/up"] {
            let picture = try await fetcher.fetch(origin + path)
            #expect(picture.bytes == Array("secret".utf8))
        }
        #expect(server.heads.allSatisfy { $0.lowercased().contains("host: pictures.example:\(server.port)\r\n") })
        await #expect(throws: FetchError.downgrade) { try await fetcher.fetch(origin + "/down") }

        // The same server under names that its certificate does not have.
        for host in ["other.example", "127.0.0.1"] {
            let error = await #expect(throws: FetchError.self) {
                try await fetcher.fetch("https://\(host):\(server.port)/")
            }
            guard case .connectionFailed? = error else {
                Issue.record("\(host): \(error.map { "\($0)" } ?? "no error")")
                continue
            }
        }
        #expect(server.heads.count == 4)
        try await server.stop()
    }
}
