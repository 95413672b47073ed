import Foundation
import HTTPTypes
import Sosia
import Testing

@testable import SosiaServer

/// The description is made from what the router got; these hold it against what the server does.
struct DescriptionTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/openapi.json")

    private static func operations(_ client: Client) async throws -> [(method: String, path: String)] {
        guard case .object(let paths)? = try await client.get("/openapi.json").json()["paths"] else { return [] }
        return paths.sorted { $0.key < $1.key }.flatMap { path, operations -> [(method: String, path: String)] in
            guard case .object(let methods) = operations else { return [] }
            return methods.keys.sorted().map { ($0.uppercased(), path) }
        }
    }

    /// With the names of what is there, or might be.
    private static func filled(_ path: String) -> String {
        path.replacing("{collection}", with: "photos").replacing("{job}", with: "none").replacing(/{[a-z]+}/, with: "1")
    }

    /// A value as Foundation writes it, with line breaks.
    private struct Written: Encodable {
        let value: JSONValue

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch value {
            case .null: try container.encodeNil()
            case .bool(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            case .array(let values): try container.encode(values.map(Written.init))
            case .object(let members): try container.encode(members.mapValues(Written.init))
            }
        }
    }

    /// A file that is missing is written, and the test fails all the same; `SOSIA_RECORD=1` writes it.
    @Test func isTheGoldenFile() async throws {
        try await TestServer().run { client async throws in
            let json = try await client.get("/openapi.json").json()
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let text = String(decoding: try encoder.encode(Written(value: json)), as: UTF8.self) + "\n"
            let isRecording = ProcessInfo.processInfo.environment["SOSIA_RECORD"] == "1"
            guard let expected = try? String(contentsOf: Self.golden, encoding: .utf8), !isRecording else {
                try text.write(to: Self.golden, atomically: true, encoding: .utf8)
                Issue.record("openapi.json was written; look at it and run again")
                return
            }
            #expect(text == expected, "openapi.json differs")
        }
    }

    @Test func everyOperationIsARoute() async throws {
        try await TestServer().run { client async throws in
            let operations = try await Self.operations(client)
            #expect(operations.count > 30)
            for (method, path) in operations {
                let filled = Self.filled(path)
                let method = try #require(HTTPRequest.Method(rawValue: method))
                let answer = try await client.send(method, filled)
                #expect(
                    answer.problem != "unknown-route" && answer.problem != "method-not-allowed", "\(method) \(path)")
                #expect(answer.status < 500, "\(method) \(path): \(answer.text)")
            }
        }
    }

    @Test func everyOtherMethodIsRefused() async throws {
        try await TestServer().run { client async throws in
            let operations = try await Self.operations(client)
            for (path, known) in Dictionary(grouping: operations, by: \.path) {
                let filled = Self.filled(path)
                for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete, .options]
                where !known.contains(where: { $0.method == method.rawValue }) {
                    let answer = try await client.send(method, filled)
                    #expect(answer.problem == "method-not-allowed", "\(method) \(path)")
                    #expect(answer.headers[.allow]?.isEmpty == false)
                }
            }
        }
    }

    @Test func referencesLeadSomewhere() async throws {
        try await TestServer().run { client async throws in
            let json = try await client.get("/openapi.json").json()
            guard case .object(let schemas)? = json["components"]?["schemas"] else {
                Issue.record("there are no schemas")
                return
            }
            var wanted: Set<String> = []
            func collect(_ value: JSONValue) {
                switch value {
                case .array(let values): values.forEach(collect)
                case .object(let members):
                    if let name = members["$ref"]?.text { wanted.insert(String(name.split(separator: "/").last ?? "")) }
                    members.values.forEach(collect)
                default: return
                }
            }
            collect(json)
            #expect(wanted.subtracting(schemas.keys).isEmpty)
            #expect(Set(schemas.keys).subtracting(wanted).isEmpty)
        }
    }
}
