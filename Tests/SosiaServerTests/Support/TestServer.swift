import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import ServiceLifecycle
import SessionSupport
import Sosia
import Testing

@testable import SosiaServer

/// A server over collections in a folder that is there for the length of one test.
final class TestServer: Sendable {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/sosia-server-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Options for a server of one collection called `photos`.
    var options: ServerOptions {
        var options = ServerOptions(.store(folder + "/photos.sosia"))
        options.port = 0
        // However busy the machine is.
        options.patience = .seconds(3_600)
        return options
    }

    func options(_ change: (inout ServerOptions) -> Void) -> ServerOptions {
        var options = options
        change(&options)
        return options
    }

    /// - Parameter networks: those of all collections.
    static func application(
        _ options: ServerOptions, networks: NetworkLoader = .only(GridEmbedder())
    ) async throws -> some ApplicationProtocol {
        try await NetworkLoader.$current.withValue(networks) {
            try await buildApplication(options, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
    }

    /// Runs `body` with the port of a server that has no connections but those of the body.
    func serve(
        _ options: ServerOptions, _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let (addresses, ready) = AsyncStream.makeStream(of: String.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let application = try await NetworkLoader.$current.withValue(.only(GridEmbedder())) {
            try await buildApplication(options, logger: logger) { ready.yield($0) }
        }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var address: String?
            for await first in addresses {
                address = first
                break
            }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(#require(address.flatMap { URL(string: $0)?.port })))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// Runs `body` with a client; the collection holds the pictures of some numbers, in the order of the numbers.
    func run(
        _ setup: TestingSetup = .router, pictures: Range<Int> = 0..<0, attributes: String? = nil,
        options: ServerOptions? = nil, _ body: @escaping @Sendable (Client) async throws -> Void
    ) async throws {
        let application = try await Self.application(options ?? self.options)
        // Collections that clients make get their network within a request.
        try await NetworkLoader.$current.withValue(.only(GridEmbedder())) {
            try await application.test(setup) { client in
                let client = Client(client: client)
                if !pictures.isEmpty { try await client.upload(pictures, attributes: attributes) }
                try await body(client)
            }
        }
    }
}

/// Requests and answers in short.
struct Client: Sendable {
    let client: any TestClientProtocol

    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        let response = try await client.executeRequest(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
        return Answer(
            status: response.status.code, headers: response.headers, bytes: Array(response.body.readableBytesView))
    }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }

    func post(_ path: String, _ json: String, method: HTTPRequest.Method = .post) async throws -> Answer {
        try await send(method, path, [.contentType: "application/json"], body: Array(json.utf8))
    }

    func post(_ path: String, _ form: Form) async throws -> Answer {
        try await send(.post, path, [.contentType: Form.contentType], body: form.whole)
    }

    func upload(_ numbers: Range<Int>, attributes: String? = nil) async throws {
        let answer = try await post(
            "/v1/collections/photos/images", Form.pictures(numbers, attributes: attributes))
        #expect(answer.status == 201, "\(answer.text)")
    }
}

struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func json() throws -> JSONValue { try JSONValue(parsing: text) }

    /// The last word of a problem's type, nil for another answer.
    var problem: String? {
        guard headers[.contentType] == "application/problem+json", let json = try? json(),
            json["status"] == .integer(Int64(status)), case .string(let type)? = json["type"]
        else { return nil }
        return type.split(separator: ":").last.map(String.init)
    }
}

extension JSONValue {
    subscript(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    subscript(_ index: Int) -> JSONValue? {
        if case .array(let values) = self, values.indices.contains(index) { values[index] } else { nil }
    }

    var list: [JSONValue] { if case .array(let values) = self { values } else { [] } }
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
    var text: String? { if case .string(let text) = self { text } else { nil } }
}
