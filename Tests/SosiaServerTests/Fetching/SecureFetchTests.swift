import Foundation
import NIOSSL
import Testing

@testable import SosiaServer

/// https: the name that was asked for is in the handshake and held against the certificate, whatever the address.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestCertificate.canBeMade, "skipped: openssl is not installed"))
struct SecureFetchTests {
    private func fetcher(_ certificate: TestCertificate, port: Int, names: [String]) -> PictureFetcher {
        var options = FetchOptions()
        options.isEnabled = true
        (options.timeout, options.connectTimeout) = (FetchOptions.maximumTimeout, FetchOptions.maximumTimeout)
        let exception = AddressPolicy.Endpoint(address: IPAddress(v4: (127, 0, 0, 1)), port: port)
        return PictureFetcher(
            options, policy: AddressPolicy(exception: exception),
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
        let fetcher = fetcher(certificate, port: server.port, names: ["pictures.example", "other.example"])
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

/// A certificate made for one test, which signs itself.
private struct TestCertificate {
    static let canBeMade = (try? openssl(["version"])) != nil

    private let folder: URL

    var certificatePath: String { folder.appendingPathComponent("certificate.pem").path }
    private var keyPath: String { folder.appendingPathComponent("key.pem").path }

    init(name: String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("certificate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout", keyPath, "-out",
            certificatePath,
        ])
    }

    func serverContext() throws -> NIOSSLContext {
        defer { try? FileManager.default.removeItem(atPath: keyPath) }
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(certificatePath).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: keyPath, format: .pem))))
    }

    private struct Failed: Error {}

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
    }
}
