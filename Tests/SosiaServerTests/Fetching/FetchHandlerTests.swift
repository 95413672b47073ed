import HTTPTypes
import Testing

@testable import SosiaServer

/// Addresses among the examples of a search, and of uploads, as the whole server takes them.
@Suite(.timeLimit(.minutes(10)))
struct FetchHandlerTests {
    private static let search = "/v1/collections/photos/search"

    private struct Case: Sendable {
        let client: Client
        let hosts: ScriptedServer
        let held: HeldBytes

        func examples(_ count: Int) -> String {
            (0..<count).map { #"{"url":"http://pictures.example:\#(hosts.port)/\#($0)"}"# }.joined(separator: ",")
        }

        func search(_ count: Int, _ headers: HTTPFields = [:]) async throws -> Answer {
            var headers = headers
            headers[.contentType] = "application/json"
            let body = #"{"query":{"positive":[\#(examples(count))]}}"#
            return try await client.send(.post, FetchHandlerTests.search, headers, body: Array(body.utf8))
        }
    }

    /// - Parameter body: what every address gives; no picture.
    private static func with(
        body: String = "x", _ change: (inout ServerOptions) -> Void = { _ in },
        _ test: @escaping @Sendable (Case) async throws -> Void
    ) async throws {
        let response = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let hosts = try await ScriptedServer { _ in [.send(response)] }
        var fetching = FetchOptions()
        (fetching.timeout, fetching.connectTimeout) = (FetchOptions.maximumTimeout, FetchOptions.maximumTimeout)
        fetching.hosts = try AllowedHosts("pictures.example:\(hosts.port)")
        let server = try TestServer()
        let held = HeldBytes(maximum: 4 << 20)
        let options = server.options { options in
            options.held = held
            options.fetcher = PictureFetcher(
                fetching, resolver: ScriptedResolver(["pictures.example": [["127.0.0.1"]]]))
            change(&options)
        }
        try await server.run(options: options) { client async throws in
            try await test(Case(client: client, hosts: hosts, held: held))
        }
        try await hosts.stop()
    }

    @Test func aRequestHasFewAddresses() async throws {
        try await Self.with { test async throws in
            let refused = try await test.search(9)
            #expect(refused.problem == "invalid-body")
            #expect(try refused.json()["maximum"] == 8)
            // Those of all searches of a batch count together, and those of negative examples.
            let five = #"{"query":{"positive":[\#(test.examples(3))],"negative":[\#(test.examples(2))]}}"#
            let batch = try await test.client.post(Self.search + "/batch", #"{"searches":[\#(five),\#(five)]}"#)
            #expect(batch.problem == "invalid-body")
            #expect(test.hosts.heads.isEmpty)
            #expect(try await test.search(8).problem == "not-a-picture")
            #expect(test.hosts.paths == (0..<8).map { "/\($0)" })
        }
    }

    @Test func theOptionBoundsThem() async throws {
        try await Self.with({ $0.limits.addresses = 2 }) { test async throws in
            #expect(try await test.search(3).problem == "invalid-body")
            #expect(try await test.search(2).problem == "not-a-picture")
        }
    }

    @Test func whatIsFetchedIsCounted() async throws {
        try await Self.with(body: String(repeating: "x", count: 1 << 20)) { test async throws in
            #expect(try await test.search(3).problem == "not-a-picture")
            #expect(test.held.load.peak >= 3 << 20)
            #expect(test.held.load.held == 0)
            // Four and the request itself have no room, and never will.
            let refused = try await test.search(4)
            #expect(refused.problem == "body-too-large")
            #expect(test.held.load.peak <= 4 << 20)
            #expect(test.hosts.heads.count < 8)
            let upload = #"{"url":"http://pictures.example:\#(test.hosts.port)/a"}"#
            #expect(try await test.client.post("/v1/collections/photos/images", upload).problem == "not-a-picture")
            #expect(test.held.load.held == 0)
        }
    }

    @Test func aKeyHasARate() async throws {
        let server = try TestServer()
        let file = server.folder + "/keys.json"
        let keys = try KeyFile(file).change { ring throws(KeyFileError) in
            [try ring.add(name: "a", scopes: [.read, .write]), try ring.add(name: "b", scopes: [.read])]
        }
        let start = ContinuousClock.now
        let options = { (options: inout ServerOptions) in
            options.now = { start }
            options.limits.addressRate = ServerLimits.addressRate.minimum
            options.keyFile = file
        }
        try await Self.with(options) { test async throws in
            #expect(try await test.search(8, [.apiKey: keys[0].text]).problem == "not-a-picture")
            let refused = try await test.search(8, [.apiKey: keys[0].text])
            #expect(refused.status == 429 && refused.problem == "too-many-requests")
            #expect(refused.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 60)
            // An upload counts with searches; another key has its own.
            let upload = #"{"url":"http://pictures.example:\#(test.hosts.port)/a"}"#
            let answer = try await test.client.send(
                .post, "/v1/collections/photos/images",
                [.apiKey: keys[0].text, .contentType: "application/json"], body: Array(upload.utf8))
            #expect(answer.problem == "too-many-requests")
            #expect(test.hosts.heads.count == 8)
            #expect(try await test.search(1, [.apiKey: keys[1].text]).problem == "not-a-picture")
        }
    }
}
