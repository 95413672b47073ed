import HTTPTypes
import Hummingbird
import NIOCore
import SosiaCore

/// The description of the HTTP interface (OpenAPI 3.1), made from the router's operations.
struct OpenAPIDocument {
    static let version = "1.0.0"

    let operations: [Operation]

    var json: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Sosia", "version": .string(Self.version),
                "summary": "Content-based image search: find pictures by example.",
                "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
            ],
            "paths": paths,
            "components": [
                "schemas": .object(Schemas.all.mapValues(\.json)),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer"],
                    "key": ["type": "apiKey", "in": "header", "name": "x-api-key"],
                ],
            ],
        ]
    }

    /// The route that serves the description, which includes itself.
    static func endpoint(describing others: [Operation]) -> Endpoint {
        let own = Operation(
            .get, "/openapi.json", "getDescription", tag: "status", "Get this description", scope: .open,
            answers: [.json(.map(.anything))])
        let text = ByteBuffer(bytes: OpenAPIDocument(operations: others + [own]).json.json)
        return Endpoint(own) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: text))
        }
    }

    private var paths: JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for operation in operations {
            paths[operation.path, default: [:]][operation.method.rawValue.lowercased()] = describe(operation)
        }
        return .object(paths.mapValues(JSONValue.object))
    }

    private func describe(_ operation: Operation) -> JSONValue {
        var json: [String: JSONValue] = [
            "operationId": .string(operation.id), "summary": .string(operation.summary),
            "tags": [.string(operation.tag)], "responses": .object(responses(of: operation)),
        ]
        if !operation.parameters.isEmpty { json["parameters"] = .array(operation.parameters.map(describe)) }
        if !operation.body.isEmpty {
            json["requestBody"] = ["required": .bool(!operation.isBodyOptional), "content": content(operation.body)]
        }
        // The empty requirement: a server without keys asks for none.
        json["security"] = operation.scope == .open ? [] : [["bearer": []], ["key": []], [:]]
        return .object(json)
    }

    private func describe(_ parameter: Operation.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": .string(parameter.location.rawValue),
            "required": .bool(parameter.isRequired), "description": .string(parameter.description),
            "schema": parameter.schema.json,
        ]
    }

    private func responses(of operation: Operation) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [:]
        for status in [operation.status] + operation.otherStatuses {
            var success: [String: JSONValue] = ["description": .string(status.reasonPhrase)]
            if !operation.answers.isEmpty { success["content"] = content(operation.answers) }
            responses[String(status.code)] = .object(success)
        }
        let problems = Dictionary(grouping: Set(operation.problems + operation.commonProblems), by: \.status.code)
        for (status, kinds) in problems {
            let names = kinds.map(\.rawValue).sorted().joined(separator: ", ")
            responses[String(status)] = [
                "description": .string(names),
                "content": [Problem.mediaType: ["schema": Schema.component("Problem").json]],
            ]
        }
        return responses
    }

    private func content(_ contents: [Operation.Content]) -> JSONValue {
        .object(Dictionary(contents.map { ($0.mediaType, ["schema": $0.schema.json]) }) { _, last in last })
    }
}

extension Operation {
    /// Problems that follow from the scope, the parameters and the body.
    fileprivate var commonProblems: [ProblemKind] {
        var kinds: [ProblemKind] = [.untrustedOrigin, .invalidHost, .expectationFailed]
        if scope != .open { kinds += [.unauthenticated, .insufficientScope, .internalError, .overloaded] }
        if !parameters.isEmpty { kinds.append(.invalidParameter) }
        if path.contains("{collection}") { kinds += [.unknownCollection, .storageFailed] }
        if path.contains("{id}") { kinds.append(.unknownPicture) }
        if !body.isEmpty { kinds += [.invalidBody, .bodyTooSlow, .bodyTooLarge, .unsupportedMediaType] }
        if body.contains(where: { $0.mediaType == "multipart/form-data" }) {
            kinds += [.invalidMultipart, .tooManyFiles]
        }
        return kinds
    }
}
