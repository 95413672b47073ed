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

    /// More idle connections than the system lets the server open: everybody is served all the same.
    @Test func idleConnectionsDoNotTakeTheDescriptorsOfFiles() throws {
        try Self.withFolder { folder in
            let server = try ServedProcess(folder: folder, limit: "ulimit -n 256")
            let first = try RawConnection(port: server.port)
            let idle = try (0..<300).map { _ in try RawConnection(port: server.port) }
            let path = "/v1/collections/photos/images"
            for number in 0..<5 {
                let added = try RawConnection.request(
                    port: server.port, "POST", path, ["Content-Type: " + Form.contentType],
                    body: Form.pictures([number]).whole)
                #expect(added?.status == 201)
                for question in ["/\(number + 1)/file", "/\(number + 1)/similar"] {
                    #expect(try RawConnection.request(port: server.port, "GET", path + question)?.status == 200)
                }
            }
            // The idlest has given way.
            #expect(first.receive().isEmpty)
            withExtendedLifetime(idle) {}
            server.signal(SIGTERM)
            #expect(server.waitUntilExit() == 0)
        }
    }

    #if os(Linux)
        @Test func raisesTheSoftLimitOfOpenFiles() throws {
            try Self.withFolder { folder in
                let server = try ServedProcess(folder: folder, limit: "ulimit -Sn 256")
                let limits = try String(contentsOfFile: "/proc/\(server.id)/limits", encoding: .utf8)
                let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max open files") })
                let values = line.split(separator: " ").compactMap { Int($0) }
                let wanted = ServerLimits.connections.standard + Connections.reserve
                #expect(values.count == 2 && values[0] == min(values[1], wanted), "\(line)")
                server.signal(SIGTERM)
                #expect(server.waitUntilExit() == 0)
            }
        }
    #endif

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
