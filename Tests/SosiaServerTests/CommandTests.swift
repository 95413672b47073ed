import Foundation
import Testing

@testable import SosiaServer

/// The command with options that change who may do what.
@Suite(.enabled(if: ServedProcess.isAvailable, "the command or the inference runtime is not there"))
struct CommandTests {
    private static func withFolder(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/sosia-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private static func run(_ command: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    private static let hasTools = ["openssl", "curl"].allSatisfy { (try? run(["which", $0]).status) == 0 }

    @Test(.enabled(if: hasTools, "openssl or curl is not installed"))
    func servesOverTLS() throws {
        try Self.withFolder { folder in
            let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
            let made = try Self.run([
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ])
            #expect(made.status == 0)
            let server = try ServedProcess(
                folder: folder, arguments: ["--tls-cert", certificate, "--tls-key", key])
            let address = "https://localhost:\(server.port)/healthz"
            let curl = ["curl", "-sS", "--noproxy", "*", "--max-time", "30", "-o", "/dev/null", "-w", "%{http_code}"]
            #expect(try Self.run(curl + ["--cacert", certificate, address]).output == "200")
            // Who does not know the certificate does not trust it, and plain HTTP is not spoken.
            #expect(try Self.run(curl + [address]).status == 60)
            #expect(try Self.run(curl + ["http://localhost:\(server.port)/healthz"]).output == "000")
            server.signal(SIGTERM)
            #expect(server.waitUntilExit() == 0)
        }
    }

    @Test func onlyReadsWhenToldSo() throws {
        try Self.withFolder { folder in
            let form = try Form.pictures(0..<3)
            func send(_ server: ServedProcess, _ method: String, _ path: String, _ body: [UInt8] = []) throws -> Int? {
                try RawConnection.request(
                    port: server.port, method, "/v1/collections/photos" + path,
                    body.isEmpty ? [] : ["Content-Type: " + Form.contentType], body: body)?.status
            }
            let writer = try ServedProcess(folder: folder)
            #expect(try send(writer, "POST", "/images", form.whole) == 201)
            writer.signal(SIGTERM)
            #expect(writer.waitUntilExit() == 0)

            let reader = try ServedProcess(folder: folder, arguments: ["--read-only"])
            #expect(try send(reader, "GET", "/images/1/similar") == 200)
            #expect(try send(reader, "GET", "/images/1/file") == 200)
            #expect(try send(reader, "POST", "/images", Form.pictures(3..<4).whole) == 403)
            #expect(try send(reader, "DELETE", "/images/1") == 403)
            #expect(try send(reader, "GET", "/images/1") == 200)
            reader.signal(SIGTERM)
            #expect(reader.waitUntilExit() == 0)
        }
    }
}
