import Hummingbird

/// A route: what is said of it and what it does.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Request, ServerContext) async throws -> Response

    let operation: Operation
    let handler: Handler

    init(_ operation: Operation, _ handler: @escaping Handler) {
        self.operation = operation
        self.handler = handler
    }
}

/// What a resource offers.
protocol Controller: Sendable {
    var endpoints: [Endpoint] { get }
}
