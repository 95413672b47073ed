import FileSystem
import Foundation
public import Hummingbird
import HummingbirdCore
public import Logging
import ServiceLifecycle
import Sosia
import UnixSignals

/// Serves until SIGTERM or SIGINT, then finishes running requests; everything that was confirmed is on disk.
///
/// Writes one line of JSON per request to standard error.
/// - Parameter onReady: called with the address, such as `http://127.0.0.1:8080/`, once requests are answered.
/// - Throws: ``ServerError``, `StoreError`, `StoreAddressError` or ``KeyFileError`` if the server cannot start.
public func serve(_ options: ServerOptions, onReady: @escaping @Sendable (String) -> Void) async throws {
    // A client that disconnects must not end the server.
    signal(SIGPIPE, SIG_IGN)
    OpenFiles.raise(to: options.limits.connections + Connections.reserve)
    let logger = Logger(label: "sosia") { _ in JSONLogHandler() }
    let application = try await buildApplication(options, logger: logger, onReady: onReady)
    var configuration = ServiceGroupConfiguration(
        services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(ServerLimits.idleSeconds)
    try await ServiceGroup(configuration: configuration).run()
}

/// Assembles the server: the only place where its concrete types meet.
/// - Parameters:
///   - logger: receives one line per request.
///   - onReady: called with the address, such as `http://127.0.0.1:8080/`, once requests are answered.
/// - Throws: ``ServerError``, `StoreError`, `StoreAddressError` or ``KeyFileError``; then nothing listens.
public func buildApplication(
    _ options: ServerOptions, logger: Logger, onReady: @escaping @Sendable (String) -> Void = { _ in }
) async throws -> some ApplicationProtocol {
    let access = AccessPolicy(keys: try keys(options))
    let certificate: ServerCertificate? =
        if let files = options.tls { try await ServerCertificate(files, logger: logger) } else { nil }
    let collections = try await ServedCollections(options)
    let connections = Connections(upTo: options.limits.connections)
    let metrics = ServerMetrics()
    let jobs = Jobs()
    let endpoints = try endpoints(options, access, collections, metrics, jobs)
    let scheme = options.tls == nil ? "http" : "https"
    return Application(
        router: router(endpoints, options, access, connections, metrics),
        server: httpServer(connections, certificate),
        configuration: ApplicationConfiguration(
            address: .hostname(options.host, port: options.port), backlog: 1024),
        services: [jobs] + (certificate.map { [$0] } ?? []),
        onServerRunning: { channel in
            let host = options.host.contains(":") ? "[\(options.host)]" : options.host
            onReady("\(scheme)://\(host):\(channel.localAddress?.port ?? options.port)/")
        },
        logger: logger)
}

private func endpoints(
    _ options: ServerOptions, _ access: AccessPolicy, _ collections: ServedCollections, _ metrics: ServerMetrics,
    _ jobs: Jobs
) throws -> [Endpoint] {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    func queue(running: Int, waiting: Int? = nil) -> AdmissionQueue {
        AdmissionQueue(
            AdmissionOptions(running: running, waiting: waiting ?? options.waiting, patience: options.patience))
    }
    let (searches, uploads) = (queue(running: cores), queue(running: cores))
    let (views, reads) = (queue(running: cores), queue(running: cores))
    let groups = queue(running: 1, waiting: 4)
    // Who asks whether the server is well does not wait behind those who keep it busy.
    let checks = queue(running: 2, waiting: AdmissionOptions.defaultWaiting)
    var fetching = FetchOptions()
    fetching.isEnabled = options.fetchesURLs
    fetching.hosts = options.allowedHosts
    fetching.bytes = options.limits.fileBytes
    let fetches = FetchHandler(
        fetcher: options.fetcher ?? PictureFetcher(fetching),
        admission: queue(running: FetchHandler.running),
        rate: FetchRate(
            perMinute: options.limits.addressRate, atOnce: options.limits.addresses, now: options.now),
        maximum: options.limits.addresses)
    let form = FormReader(limits: options.limits)
    let searching = SearchHandler(admission: searches, fetching: fetches)
    let uploading = UploadHandler(admission: uploads, form: form, metrics: metrics)
    let jobController = JobController(collections: collections, jobs: jobs, admission: uploads)
    let folders = try AllowedFolders(options.allowedFolders)
    let abilities = StatusController.Abilities(
        needsKey: access.keys != nil, fetchesURLs: fetching.fetchesAnything,
        readsPaths: !options.allowedFolders.isEmpty, makesCollections: collections.makesCollections)
    let controllers: [any Controller] = [
        PageController(library: options.mapLibrary),
        StatusController(
            collections: collections, jobs: jobs, metrics: metrics, limits: options.limits, abilities: abilities,
            admission: checks),
        CollectionController(collections: collections, reads: reads, writes: uploads),
        UploadController(
            collections: collections, handler: uploading, fetching: fetches, folders: folders, jobs: jobs),
        PictureController(collections: collections, reads: reads, writes: uploads),
        FileController(collections: collections, admission: searches, reads: reads),
        RasterController(collections: collections, admission: views),
        SearchController(collections: collections, handler: searching, form: form),
        PreviewController(collections: collections, handler: searching, form: form),
        DuplicateController(collections: collections, admission: groups),
        jobController,
        SeedController(
            collections: collections, search: searching, uploads: uploading, jobs: jobController, access: access,
            admission: checks, publicURL: options.publicURL, scheme: options.tls == nil ? "http" : "https"),
    ]
    let endpoints = controllers.flatMap(\.endpoints)
    return endpoints + [OpenAPIDocument.endpoint(describing: endpoints.map(\.operation))]
}

private func router(
    _ endpoints: [Endpoint], _ options: ServerOptions, _ access: AccessPolicy, _ connections: Connections,
    _ metrics: ServerMetrics
) -> Router<ServerContext> {
    let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: SecurityHeadersMiddleware())
    let limits = options.limits
    router.add(
        middleware: ObservationMiddleware(
            metrics: metrics, routes: RouteTable(endpoints.map(\.operation)),
            held: options.held ?? HeldBytes(maximum: max(limits.heldBytes, 3 * limits.fileBytes))))
    router.add(middleware: ExpectationMiddleware())
    router.add(
        middleware: OriginMiddleware(
            needsKey: access.keys != nil, allowed: Set(options.allowedOrigins),
            page: Set(endpoints.map(\.operation).filter { $0.tag == PageController.tag }.map(\.path))))
    for endpoint in endpoints {
        router.on(RouterPath(endpoint.operation.path), method: endpoint.operation.method) { request, context in
            var context = context
            if let caller = try access.check(request, for: endpoint.operation.scope) { context.caller = caller }
            context.seesPaths = access.allowsPaths(request)
            return try await connections.whileOpen(context.channel) { try await endpoint.handler(request, context) }
        }
    }
    return router
}

/// - Returns: nil if there is no key file; then only loopback may be served.
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
