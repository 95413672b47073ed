import Foundation
public import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL
import ObjectStores
import ServiceLifecycle
import Sosia
import UnixSignals

/// Puts the server together: the only place where concrete types meet.
/// - Parameters:
///   - logger: gets one line a request.
///   - onReady: called with the address once requests are answered: `http://127.0.0.1:8080/`.
/// - Throws: ``ServerError``, `StoreError`, `KeyFileError`; nothing listens then.
public func buildApplication(
    _ options: ServerOptions, logger: Logger, onReady: @escaping @Sendable (String) -> Void = { _ in }
) throws -> some ApplicationProtocol {
    try buildApplication(options, logger: logger, onReady: onReady, open: Opening(options).open)
}

/// The same with another way to open collections.
func buildApplication(
    _ options: ServerOptions, logger: Logger, onReady: @escaping @Sendable (String) -> Void = { _ in },
    open: @escaping CollectionShelf.Opening
) throws -> some ApplicationProtocol {
    let access = AccessPolicy(keys: try keys(options))
    let server = try server(options)
    let shelf = try CollectionShelf(options.source, open: open)
    let metrics = ServerMetrics()
    let jobs = JobBoard()
    let endpoints = try endpoints(options, access, shelf, metrics, jobs)
    let scheme = options.tls == nil ? "http" : "https"
    return Application(
        router: router(endpoints, options, access, metrics),
        server: server,
        configuration: ApplicationConfiguration(
            address: .hostname(options.host, port: options.port), backlog: 1024,
            availableConnectionsDelegate: .maximum(ServerLimits.connections, logger: logger)),
        services: [jobs],
        onServerRunning: { channel in
            let host = options.host.contains(":") ? "[\(options.host)]" : options.host
            onReady("\(scheme)://\(host):\(channel.localAddress?.port ?? options.port)/")
        },
        logger: logger)
}

private func endpoints(
    _ options: ServerOptions, _ access: AccessPolicy, _ shelf: CollectionShelf, _ metrics: ServerMetrics,
    _ jobs: JobBoard
) throws -> [Endpoint] {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let searches = AdmissionQueue(AdmissionOptions(running: cores, waiting: options.waiting))
    let uploads = AdmissionQueue(AdmissionOptions(running: cores, waiting: options.waiting))
    let views = AdmissionQueue(AdmissionOptions(running: cores, waiting: options.waiting))
    let groups = AdmissionQueue(AdmissionOptions(running: 1, waiting: 4))
    var fetching = FetchOptions()
    fetching.isEnabled = options.fetchesURLs
    fetching.bytes = options.limits.fileBytes
    let fetcher = PictureFetcher(fetching)
    let form = FormReader(limits: options.limits, held: HeldBytes(maximum: options.limits.heldBytes))
    let searchDesk = SearchDesk(admission: searches, fetcher: fetcher)
    let uploadDesk = UploadDesk(admission: uploads, form: form, metrics: metrics)
    let upkeep = CollectionJobController(shelf: shelf, jobs: jobs)
    let folders = try AllowedFolders(options.allowedFolders)
    let abilities = StatusController.Abilities(
        needsKey: access.keys != nil, fetchesURLs: options.fetchesURLs,
        readsPaths: !options.allowedFolders.isEmpty, makesCollections: shelf.makesCollections)
    let controllers: [any Controller] = [
        PageController(library: options.mapLibrary),
        StatusController(shelf: shelf, jobs: jobs, metrics: metrics, limits: options.limits, abilities: abilities),
        CollectionController(shelf: shelf),
        UploadController(shelf: shelf, desk: uploadDesk, fetcher: fetcher, folders: folders, jobs: jobs),
        PictureController(shelf: shelf, admission: searches),
        FileController(shelf: shelf, admission: searches),
        RasterController(shelf: shelf, admission: views),
        SearchController(shelf: shelf, desk: searchDesk, form: form),
        DuplicateController(shelf: shelf, admission: groups),
        upkeep,
        JobController(jobs: jobs),
        SeedController(shelf: shelf, search: searchDesk, uploads: uploadDesk, jobs: upkeep, access: access),
    ]
    let endpoints = controllers.flatMap(\.endpoints)
    return endpoints + [OpenAPIDocument.endpoint(describing: endpoints.map(\.operation))]
}

private func router(
    _ endpoints: [Endpoint], _ options: ServerOptions, _ access: AccessPolicy, _ metrics: ServerMetrics
) -> Router<ServerContext> {
    let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: SecurityHeadersMiddleware())
    router.add(
        middleware: ObservationMiddleware(metrics: metrics, routes: RouteTable(endpoints.map(\.operation))))
    router.add(
        middleware: OriginMiddleware(needsKey: access.keys != nil, allowed: Set(options.allowedOrigins)))
    for endpoint in endpoints {
        router.on(RouterPath(endpoint.operation.path), method: endpoint.operation.method) { request, context in
            try access.check(request, for: endpoint.operation.scope)
            return try await endpoint.handler(request, context)
        }
    }
    return router
}

/// - Returns: nil when there are none, which only loopback may do without.
private func keys(_ options: ServerOptions) throws -> KeyRing? {
    guard let path = options.keyFile else {
        guard OriginMiddleware.isLoopback(options.host.contains(":") ? "[\(options.host)]" : options.host) else {
            throw ServerError.addressNeedsKey(host: options.host)
        }
        return nil
    }
    let keys = try KeyFile(path).read()
    guard !keys.isEmpty else { throw ServerError.noKeys(path: path) }
    return keys
}

private func server(_ options: ServerOptions) throws -> HTTPServerBuilder {
    let idle = TimeAmount.seconds(ServerLimits.idleSeconds)
    let plain = HTTPServerBuilder.http1(
        configuration: HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionHandler(patience: idle)], idleTimeout: idle,
            httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: ServerLimits.headers.bytes, maxHeaderListSize: ServerLimits.headers.bytes,
                maxHeaderFieldCount: ServerLimits.headers.count)))
    guard let files = options.tls else { return plain }
    do {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
        return try .tls(plain, tlsConfiguration: configuration)
    } catch {
        throw ServerError.certificateUnusable(path: files.certificate, reason: "\(error)")
    }
}

/// How collections are opened: with the originals of uploads beside the vectors.
private struct Opening: Sendable {
    let isWritable: Bool
    let limits: DecodeLimits

    init(_ options: ServerOptions) {
        isWritable = options.isWritable
        limits = DecodeLimits(
            maximumPixels: options.limits.pixels, maximumFileBytes: options.limits.fileBytes)
    }

    @Sendable func open(_ path: String, _ model: String?) throws -> Store {
        let originals = FolderObjectStore(path: path + "/originals")
        guard isWritable else { return try Store(opening: path, objects: originals, limits: limits) }
        return try Store(creating: path, model: model, objects: originals, limits: limits)
    }
}

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
