import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SosiaCore

/// Turns every error into a problem, counts every request and logs it in one line.
struct ObservationMiddleware: RouterMiddleware {
    /// How long a client may go on sending a refused body, so that it gets to read the answer.
    private static let lingering = TimeAmount.seconds(5)

    let metrics: ServerMetrics
    let routes: RouteTable
    let held: HeldBytes

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.held = held.share()
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let problem = routes.problem(for: error, request)
            context.trace.note(problem)
            response = problem.response()
        }
        response.headers[.requestID] = context.requestID
        if !context.trace.isBodyRead, request.hasBody { close(context.channel, after: &response) }
        report(request, context, status: response.status.code, took: ContinuousClock.now - start)
        return response
    }

    private func close(_ channel: any Channel, after response: inout Response) {
        response.headers[.connection] = "close"
        channel.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    }

    private func report(_ request: Request, _ context: ServerContext, status: Int, took: Duration) {
        let notes = context.trace.all
        let route = context.endpointPath ?? RouteTable.unknown
        metrics.count(request.method, route: route, status: status, took: took, notes)
        var metadata: Logger.Metadata = [
            "method": .string(request.method.rawValue), "route": .string(route),
            "status": .stringConvertible(status), "ms": .stringConvertible(took.milliseconds),
            "outcome": .string(notes.problem?.kind.rawValue ?? "done"),
        ]
        if !notes.milliseconds.isEmpty {
            let stages = notes.milliseconds.map {
                ($0.stage.rawValue, Logger.MetadataValue.stringConvertible($0.value))
            }
            metadata["stages"] = .dictionary(Dictionary(stages) { first, _ in first })
        }
        if let problem = notes.problem { metadata["detail"] = .string(problem.cause ?? problem.detail) }
        context.logger.log(level: status < 500 ? .info : .error, "request", metadata: metadata)
    }
}

extension Request {
    var hasBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength].flatMap(Int.init) ?? 0) > 0
    }
}

/// Which methods each path takes; the router does not tell.
struct RouteTable: Sendable {
    /// The route under which requests without a route are counted.
    static let unknown = "unknown"

    private let routes: [(parts: [Substring], method: HTTPRequest.Method)]

    init(_ operations: [Operation]) {
        routes = operations.map { ($0.path.split(separator: "/"), $0.method) }
    }

    /// - Parameter error: whatever a handler or the router threw.
    func problem(for error: any Error, _ request: Request) -> Problem {
        guard let error = error as? HTTPError, error.status == .notFound else { return Problem(error) }
        let methods = methods(at: request.uri.path)
        guard !methods.isEmpty else {
            return Problem(.unknownRoute, "/openapi.json describes the addresses of this server")
        }
        let names = methods.map(\.rawValue).sorted()
        return Problem(
            .methodNotAllowed, "allowed: \(names.joined(separator: ", "))",
            facts: [("allowed", .array(names.map { .string($0) }))], headers: [.allow: names.joined(separator: ", ")])
    }

    private func methods(at path: String) -> Set<HTTPRequest.Method> {
        let parts = path.split(separator: "/")
        let fitting = routes.filter { route in
            route.parts.count == parts.count && zip(route.parts, parts).allSatisfy { $0.first == "{" || $0 == $1 }
        }
        // As in the router, literal components win over parameters.
        func words(_ route: [Substring]) -> Int { route.count { $0.first != "{" } }
        let best = fitting.map { words($0.parts) }.max()
        return Set(
            fitting.filter { words($0.parts) == best }.flatMap {
                $0.method == .get ? [HTTPRequest.Method.get, .head] : [$0.method]
            })
    }
}
