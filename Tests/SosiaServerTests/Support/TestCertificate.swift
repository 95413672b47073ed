import Foundation
import NIOSSL

/// A certificate made for one test, which signs itself.
struct TestCertificate {
    static let canBeMade = (try? openssl(["version"])) != nil

    private let folder: URL

    var certificatePath: String { folder.appendingPathComponent("certificate.pem").path }
    var keyPath: String { folder.appendingPathComponent("key.pem").path }

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
