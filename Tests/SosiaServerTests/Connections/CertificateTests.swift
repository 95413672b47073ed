import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import TestSupport
import Testing

@testable import SosiaServer

@Suite(.timeLimit(.minutes(10)), .enabled(if: TestCertificate.canBeMade, "skipped: openssl is not installed"))
struct CertificateTests {
    struct Handshake: Sendable {
        /// That both sides took.
        let version: TLSVersion?
        /// That the server showed.
        let certificate: NIOSSLCertificate?
    }

    /// Ends with the handshake.
    private final class HandshakeHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        struct Failed: Error {}

        private let done: EventLoopPromise<Handshake>

        init(_ done: EventLoopPromise<Handshake>) {
            self.done = done
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case .handshakeCompleted? = event as? TLSUserEvent else { return }
            done.completeWith(
                Result {
                    let handler = try context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
                    return Handshake(version: handler.tlsVersion, certificate: handler.peerCertificate)
                })
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }

        func channelInactive(context: ChannelHandlerContext) { done.fail(Failed()) }
    }

    static func handshake(_ port: Int, _ minimum: TLSVersion, _ maximum: TLSVersion) async throws -> Handshake {
        var configuration = TLSConfiguration.makeClientConfiguration()
        (configuration.minimumTLSVersion, configuration.maximumTLSVersion) = (minimum, maximum)
        configuration.certificateVerification = .none
        let tls = try NIOSSLContext(configuration: configuration)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let done = loop.makePromise(of: Handshake.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: tls, serverHostname: nil))
                    try channel.pipeline.syncOperations.addHandler(HandshakeHandler(done))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        defer { channel.close(promise: nil) }
        return try await done.futureResult.get()
    }

    @Test func oldVersionsAreNotSpoken() async throws {
        let certificate = try TestCertificate(name: "localhost")
        let server = try TestServer()
        let options = server.options {
            $0.tls = TLSFiles(certificate: certificate.certificatePath, key: certificate.keyPath)
        }
        try await server.serve(options) { port async throws in
            for version in [TLSVersion.tlsv1, .tlsv11] {
                await #expect(throws: (any Error).self) { try await Self.handshake(port, version, version) }
            }
            await #expect(throws: (any Error).self) { try await Self.handshake(port, .tlsv1, .tlsv11) }
            #expect(try await Self.handshake(port, .tlsv1, .tlsv12).version == .tlsv12)
            #expect(try await Self.handshake(port, .tlsv1, .tlsv13).version == .tlsv13)
        }
    }

    private static func copy(_ certificate: TestCertificate, to files: TLSFiles) throws {
        for (from, to) in [(certificate.certificatePath, files.certificate), (certificate.keyPath, files.key)] {
            try Data(contentsOf: URL(fileURLWithPath: from)).write(to: URL(fileURLWithPath: to), options: .atomic)
        }
    }

    /// What cannot be used leaves the old certificate as it is, whatever is wrong with it.
    @Test func aBrokenFileKeepsTheOldOne() async throws {
        let (first, second) = (try TestCertificate(name: "first"), try TestCertificate(name: "second"))
        let folder = try TemporaryFolder()
        let files = TLSFiles(certificate: folder.path + "/c.pem", key: folder.path + "/k.pem")
        try Self.copy(first, to: files)
        let certificate = try await ServerCertificate(
            files, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let old = certificate.context

        try Data("not a certificate".utf8).write(to: URL(fileURLWithPath: files.certificate))
        certificate.reload()
        #expect(certificate.context === old)
        // A key that belongs to another certificate.
        try Self.copy(first, to: files)
        try Data(contentsOf: URL(fileURLWithPath: second.keyPath)).write(to: URL(fileURLWithPath: files.key))
        certificate.reload()
        #expect(certificate.context === old)
        try FileManager.default.removeItem(atPath: files.key)
        certificate.reload()
        #expect(certificate.context === old)

        try Self.copy(second, to: files)
        certificate.reload()
        #expect(certificate.context !== old)
    }

    @Test(.enabled(if: ServedProcess.isAvailable, "the command or the inference runtime is not there"))
    func newConnectionsGetTheNewOne() async throws {
        let (first, second) = (try TestCertificate(name: "first"), try TestCertificate(name: "second"))
        let folder = try TemporaryFolder()
        let files = TLSFiles(certificate: folder.path + "/c.pem", key: folder.path + "/k.pem")
        try Self.copy(first, to: files)
        let process = try ServedProcess(
            folder: folder.path, arguments: ["--tls-cert", files.certificate, "--tls-key", files.key])
        func shown() async throws -> NIOSSLCertificate? {
            try await Self.handshake(process.port, .tlsv12, .tlsv13).certificate
        }
        let certificates = try [first, second].map { try NIOSSLCertificate.fromPEMFile($0.certificatePath)[0] }
        #expect(try await shown() == certificates[0])

        try Data("nothing".utf8).write(to: URL(fileURLWithPath: files.certificate))
        process.signal(SIGHUP)
        #expect(try await shown() == certificates[0])
        try Self.copy(second, to: files)
        process.signal(SIGHUP)
        // The signal takes its way; the server goes on meanwhile.
        while try await shown() != certificates[1] { try await Task.sleep(for: .milliseconds(20)) }
        process.signal(SIGTERM)
        #expect(process.waitUntilExit() == 0)
    }
}
