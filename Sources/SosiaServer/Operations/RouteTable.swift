import HTTPTypes
import Hummingbird
import SosiaCore

/// The routes by path, for what the router says nothing about: which methods an address takes.
struct RouteTable: Sendable {
    /// How requests that no route takes are counted.
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
        // As in the router, words go before parameters.
        func words(_ route: [Substring]) -> Int { route.count { $0.first != "{" } }
        let best = fitting.map { words($0.parts) }.max()
        return Set(
            fitting.filter { words($0.parts) == best }.flatMap {
                $0.method == .get ? [HTTPRequest.Method.get, .head] : [$0.method]
            })
    }
}
