import Foundation
import HTTPTypes
import HummingbirdTesting
import ObjectStores
import SessionSupport
import Sosia
import TestSupport
import Testing

@testable import SosiaServer

/// One session of a client on each engine: what clients are told depends on the engine only where its abilities do.
struct SessionTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/session.txt")

    /// A file that is missing is written, and the test fails all the same; `SOSIA_RECORD=1` writes it.
    @Test func anyEngineAnswersAlike() async throws {
        let embedded = try await ClientSession.run(on: .embedded)
        let memory = try await ClientSession.run(on: .memory)
        let text = Transcript.merged(embedded: embedded, memory: memory) { difference in
            Issue.record("engines may not differ here: \(difference)")
        }
        let isRecording = ProcessInfo.processInfo.environment["SOSIA_RECORD"] == "1"
        guard let expected = try? String(contentsOf: Self.golden, encoding: .utf8), !isRecording else {
            try text.write(to: Self.golden, atomically: true, encoding: .utf8)
            Issue.record("session.txt was written; look at it and run again")
            return
        }
        #expect(text == expected, "session.txt differs")
    }
}

/// Sends requests to a server of its own and writes down what it answers.
private struct ClientSession {
    let client: Client
    var transcript = Transcript()

    private static let path = "/v1/collections/photos"

    static func run(on engine: SessionEngine) async throws -> Transcript {
        let server = try TestServer()
        let root = server.folder + "/root"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let opener =
            switch engine {
            case .embedded: CollectionOpener.standard
            case .memory: MemoryCollections { FolderObjectStore(path: server.folder + "/objects") }.opener
            }
        return try await CollectionOpener.$current.withValue(opener) {
            try await NetworkLoader.$current.withValue(.only(GridEmbedder())) {
                let options = server.options { $0.source = .directory(root) }
                return try await TestServer.application(options).test(.router) { client in
                    var session = ClientSession(client: Client(client: client))
                    try await session.run()
                    return session.transcript
                }
            }
        }
    }

    private mutating func run() async throws {
        try await send(.get, "/v1/collections")
        try await send(.get, Self.path)
        try await send(.put, Self.path, ability: "what an engine can do")
        try await send(.put, Self.path, #"{"model":"other"}"#)
        try await send(.put, "/v1/collections/more", #"{"model":"other"}"#)

        try await upload(0..<5, #"{"shop":"A","price":2.5}"#)
        try await upload(3..<6, #"{"shop":"B"}"#)
        try await upload(6..<7, #"{"a\u0000":1}"#)
        try await send(.get, Self.path + "/images/1")
        try await send(.get, Self.path + "/images/99")
        try await send(.get, Self.path + "/images?k=3")
        try await send(.get, Self.path + "/images?k=3&cursor=4")
        try await send(.get, Self.path + "/images?filter=shop%20%3D%20'B'")
        try await send(.get, Self.path + "/images/1/vector")
        try await send(.get, Self.path + "/attributes")
        try await send(.patch, Self.path + "/images/2", #"{"attributes":{"shop":null,"name":"b"}}"#)
        try await send(.patch, Self.path + "/images/2", #"{"attributes":{"name":"b\u0000"}}"#)
        try await send(.patch, Self.path + "/images/99", #"{"attributes":{}}"#)

        try await send(.get, Self.path + "/images/1/similar?k=2")
        try await send(.get, Self.path + "/images/1/similar?k=2&exact=true&index=flat")
        try await send(.get, Self.path + "/images/1/similar?index=none")
        try await search(#"{"positive":[{"id":1},{"id":2,"weight":2}],"negative":[{"id":3}]}"#)
        try await search(#"{"positive":[{"id":1}],"negative":[{"id":1}]}"#)
        try await search(
            #"{"positive":[{"id":1}]},"filter":"price > 2 AND NOT shop = 'B'","max_distance":100"#, ability: "filters")
        try await search(#"{"positive":[{"vector":[1,2,3]}]}"#)
        try await search(#"{"positive":[{"id":99}]}"#)
        try await send(
            .post, Self.path + "/search/batch",
            #"{"searches":[{"query":{"positive":[{"id":1}]},"k":1},{"query":{"positive":[{"id":2}]},"k":1}]}"#)
        try await send(.get, Self.path + "/duplicates?max_distance=2")
        try await send(.get, Self.path + "/duplicates?max_distance=nan")
        try await send(.get, Self.path + "/rasters")
        try await send(.get, Self.path + "/rasters/1/pyramid/0/0/0")

        try await send(.delete, Self.path + "/images/3")
        try await send(.delete, Self.path + "/images/3")
        try await send(.post, Self.path + "/images/delete", #"{"ids":[4,99]}"#)
        try await send(.get, Self.path, ability: "what an engine can do")
        try await job(#"{"kind":"index","graph":true}"#, ability: "indexes")
        try await job(#"{"kind":"index","index":"none"}"#, ability: "indexes")
        try await job(#"{"kind":"compact"}"#)
        try await send(.get, Self.path, ability: "what an engine can do")
        try await send(.get, "/v1/status", ability: "what an engine can do")
        try await send(.get, "/readyz")
        try await send(.get, "/status/")
        try await send(.delete, Self.path)
        try await send(.get, Self.path)
    }

    private mutating func upload(_ numbers: Range<Int>, _ attributes: String) async throws {
        let answer = try await client.post(Self.path + "/images", Form.pictures(numbers, attributes: attributes))
        note("POST \(Self.path)/images \(numbers) \(attributes)", answer, nil)
    }

    private mutating func search(_ query: String, ability: String? = nil) async throws {
        try await send(.post, Self.path + "/search", #"{"query":\#(query)}"#, ability: ability)
    }

    /// Starts a job and waits for its end.
    private mutating func job(_ body: String, ability: String? = nil) async throws {
        let started = try await client.post(Self.path + "/jobs", body)
        let id = try #require(try started.json()["id"]?.text)
        _ = try await client.get("/v1/jobs/\(id)/events")
        note("POST \(Self.path)/jobs \(body)", try await client.get("/v1/jobs/" + id), ability)
    }

    private mutating func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, ability: String? = nil
    ) async throws {
        let answer =
            if let body { try await client.post(path, body, method: method) } else {
                try await client.send(method, path)
            }
        note([method.rawValue, path, body].compactMap(\.self).joined(separator: " "), answer, ability)
    }

    private mutating func note(_ request: String, _ answer: Answer, _ ability: String?) {
        transcript.steps.append(
            Transcript.Step(request, answer: "-> \(answer.status)\n\(Self.plain(answer.text))\n", ability: ability))
    }

    /// Without what differs from run to run.
    private static func plain(_ text: String) -> String {
        text.replacing(/"(decode|embed|search|total)":[0-9.eE+-]+/) { "\"\($0.output.1)\":0" }
            .replacing(/"distance":([0-9.eE+-]+)/) { match in
                "\"distance\":" + (Double(match.output.1).map { String(format: "%.4f", $0) } ?? "")
            }
            .replacing(/"(catalog|vectors|bytes|bytes_before|bytes_after)":[0-9]+/) { "\"\($0.output.1)\":0" }
            .replacing(/"(started|ended)":"[^"]*"/) { "\"\($0.output.1)\":\"TIME\"" }
            .replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) { _ in "JOB" }
            .replacing(/"(cpu|memory)":"[^"]*"/) { "\"\($0.output.1)\":\"SIZE\"" }
    }
}
