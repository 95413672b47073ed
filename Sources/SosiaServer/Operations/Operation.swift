import HTTPTypes
import Hummingbird

/// What a route takes and returns: the one source of both the router and `/openapi.json`.
struct Operation: Sendable {
    /// Who may call it.
    enum Scope: Sendable {
        /// Anyone.
        case open
        case read
        case write
        /// The handler looks at the key: it may come in the body, or tell how much is answered.
        case handler
    }

    struct Parameter: Sendable {
        /// `in` in OpenAPI.
        enum Location: String, Sendable {
            case path, query
        }

        let name: String
        let location: Location
        let schema: Schema
        let description: String
        var isRequired = false
    }

    struct Content: Sendable {
        let mediaType: String
        let schema: Schema
    }

    let method: HTTPRequest.Method
    /// With parameters in braces: `/v1/jobs/{job}`.
    let path: String
    /// The method name in generated clients.
    let id: String
    let tag: String
    let summary: String
    let scope: Scope
    let parameters: [Parameter]
    let body: [Content]
    /// Whether the body may be absent.
    let isBodyOptional: Bool
    /// The usual status of success, and others with the same content.
    let status: HTTPResponse.Status
    let otherStatuses: [HTTPResponse.Status]
    let answers: [Content]
    /// Problems besides those of every request.
    let problems: [ProblemKind]

    init(
        _ method: HTTPRequest.Method, _ path: String, _ id: String, tag: String, _ summary: String, scope: Scope,
        parameters: [Parameter] = [], body: [Content] = [], isBodyOptional: Bool = false,
        status: HTTPResponse.Status = .ok, or otherStatuses: [HTTPResponse.Status] = [], answers: [Content] = [],
        problems: [ProblemKind] = []
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.tag = tag
        self.summary = summary
        self.scope = scope
        self.parameters = parameters
        self.body = body
        self.isBodyOptional = isBodyOptional
        self.status = status
        self.otherStatuses = otherStatuses
        self.answers = answers
        self.problems = problems
    }
}

extension Operation.Content {
    static func json(_ schema: Schema) -> Operation.Content {
        Operation.Content(mediaType: "application/json", schema: schema)
    }

    static func json(_ component: String) -> Operation.Content { .json(.component(component)) }

    static func binary(_ mediaType: String) -> Operation.Content {
        Operation.Content(mediaType: mediaType, schema: Schema(json: ["type": "string", "format": "binary"]))
    }

    static func text(_ mediaType: String) -> Operation.Content {
        Operation.Content(mediaType: mediaType, schema: .string())
    }

    /// A stream of events, whose shape OpenAPI 3.1 cannot describe.
    static func stream(_ mediaType: String) -> Operation.Content {
        Operation.Content(mediaType: mediaType, schema: .anything)
    }
}

extension Operation.Parameter {
    static func path(_ name: String, _ schema: Schema, _ description: String) -> Operation.Parameter {
        Operation.Parameter(name: name, location: .path, schema: schema, description: description, isRequired: true)
    }

    static func query(_ name: String, _ schema: Schema, _ description: String) -> Operation.Parameter {
        Operation.Parameter(name: name, location: .query, schema: schema, description: description)
    }

    static let collection = path(
        "collection", .pattern(CollectionName.pattern, "Letters, digits, hyphens and underscores."),
        "The collection's name.")
    static let picture = path("id", .integer(1...Int(Int64.max)), "The picture's id.")
}

extension Operation.Content {
    static func form(_ schema: Schema) -> Operation.Content {
        Operation.Content(mediaType: FormReader.mediaType, schema: schema)
    }
}

/// A route: its description and its handler.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Request, ServerContext) async throws -> Response

    let operation: Operation
    let handler: Handler

    init(_ operation: Operation, _ handler: @escaping Handler) {
        self.operation = operation
        self.handler = handler
    }
}

extension Endpoint {
    /// The same when its turn comes. Only for what has no body, or nobody else would get a turn while it arrives.
    func admitted(by queue: AdmissionQueue) -> Endpoint {
        Endpoint(operation) { request, context in
            let start = ContinuousClock.now
            return try await queue.run {
                context.trace.add(.queue, (ContinuousClock.now - start).milliseconds)
                return try await handler(request, context)
            }
        }
    }
}

/// The endpoints of a resource.
protocol Controller: Sendable {
    var endpoints: [Endpoint] { get }
}
