import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Sosia
import UnixSignals

/// Serves until SIGTERM or SIGINT: requests that run are finished, and everything that was answered is on disk.
///
/// One line of JSON a request goes to standard error.
/// - Parameter onReady: called with the address once requests are answered: `http://127.0.0.1:8080/`.
/// - Throws: ``ServerError``, `StoreError`, `KeyFileError` when the server cannot start.
public func serve(_ options: ServerOptions, onReady: @escaping @Sendable (String) -> Void) async throws {
    // A client that is gone ends its connection, not the server.
    signal(SIGPIPE, SIG_IGN)
    let logger = Logger(label: "sosia") { _ in JSONLogHandler() }
    let application = try buildApplication(options, logger: logger, onReady: onReady)
    var configuration = ServiceGroupConfiguration(
        services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(ServerLimits.idleSeconds)
    try await ServiceGroup(configuration: configuration).run()
}
