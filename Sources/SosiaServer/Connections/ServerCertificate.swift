import Logging
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The server's certificate. On SIGHUP its files are read again: connections that come later get the new one.
final class ServerCertificate: Service {
    private let files: TLSFiles
    private let logger: Logger
    private let signals: UnixSignalsSequence
    private let current: Mutex<NIOSSLContext>

    /// Reads the files; from here on SIGHUP does not end the process.
    /// - Throws: ``ServerError/certificateUnusable(path:reason:)``
    init(_ files: TLSFiles, logger: Logger) async throws(ServerError) {
        self.files = files
        self.logger = logger
        current = Mutex(try Self.read(files))
        signals = await UnixSignalsSequence(trapping: .sighup)
    }

    /// For a new connection.
    var context: NIOSSLContext { current.withLock { $0 } }

    /// Reads the files again; if they cannot be used, the certificate stays as it is, and the log says why.
    func reload() {
        do throws(ServerError) {
            let context = try Self.read(files)
            current.withLock { $0 = context }
            logger.info("certificate", metadata: ["outcome": "read again", "path": .string(files.certificate)])
        } catch {
            logger.error("certificate", metadata: ["outcome": "kept", "detail": .string(error.description)])
        }
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            // Files are read beside the threads of the runtime.
            try await NIOThreadPool.singleton.runIfActive { self.reload() }
        }
    }

    /// TLS 1.2 is the oldest that is spoken (RFC 8996), the newest that both sides know is taken.
    private static func read(_ files: TLSFiles) throws(ServerError) -> NIOSSLContext {
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .certificateUnusable(path: files.certificate, reason: "\(error)")
        }
    }
}
