import Dispatch
import Foundation
import HTTPTypes
import HummingbirdTesting
import ObjectStores
import SessionSupport
import Sosia
import SosiaCore
import TestSupport
import Testing

@testable import SosiaServer

/// Long lists: pages end by bytes, answers are counted, and whoever reads the collection waits for a turn.
@Suite(.timeLimit(.minutes(10)))
struct PageTests {
    private static let pictures = 90
    /// All pictures together have more than a page takes.
    private static let attributes = #"{"text":"\#(String(repeating: "x", count: 60_000))"}"#

    private static func pages(
        _ address: String, _ client: Client
    ) async throws -> (ids: [Double], counts: [Int], bytes: [Int]) {
        var (ids, counts, bytes): ([Double], [Int], [Int]) = ([], [], [])
        var cursor = ""
        repeat {
            let answer = try await client.get(address + cursor)
            #expect(answer.status == 200, "\(answer.text.prefix(200))")
            let page = try answer.json()
            let results = page["results"]?.list ?? []
            ids += results.compactMap { $0["id"]?.number }
            counts.append(results.count)
            bytes.append(answer.bytes.count)
            switch page["next_cursor"] {
            case .integer(let id)?: cursor = "&cursor=\(id)"
            case .string(let text)?: cursor = "&cursor=\(text)"
            default: return (ids, counts, bytes)
            }
        } while counts.count < 100
        return (ids, counts, bytes)
    }

    @Test func pagesEndByBytes() async throws {
        let held = HeldBytes(maximum: 64 << 20)
        let server = try TestServer()
        let options = server.options { $0.held = held }
        try await server.run(pictures: 0..<Self.pictures, attributes: Self.attributes, options: options) {
            client async throws in
            let uploaded = held.load.peak
            let largest = LargeAnswer.pageBytes + 70_000
            for address in ["/images?k=1000", "/images?k=1000&filter=width%3E1"] {
                let (ids, counts, bytes) = try await Self.pages("/v1/collections/photos" + address, client)
                #expect(ids == (1...Self.pictures).reversed().map(Double.init))
                #expect(counts.count == 2)
                #expect(bytes[0] > LargeAnswer.pageBytes - 70_000 && bytes[0] < largest)
            }
            let few = try await Self.pages("/v1/collections/photos/images?k=50", client)
            #expect(few.counts == [50, 40] || few.counts == [50, 40, 0])
            // The same for the hits of a search, whose cursor goes on behind the last one that was written.
            let (ids, counts, bytes) = try await Self.pages("/v1/collections/photos/images/1/similar?k=1000", client)
            #expect(Set(ids) == Set((2...Self.pictures).map(Double.init)) && ids.count == Self.pictures - 1)
            #expect(counts.count == 2 && bytes[0] < largest)
            let short = try await client.get("/v1/collections/photos/images/1/similar?k=20").json()
            #expect(short["results"]?.list.compactMap { $0["id"]?.number } == Array(ids.prefix(20)))
            // A batch shares one page among its searches; each has a hit.
            let searches = (1...4).map { #"{"query":{"positive":[{"id":\#($0)}]},"k":80}"# }.joined(separator: ",")
            let batch = try await client.post("/v1/collections/photos/search/batch", #"{"searches":[\#(searches)]}"#)
            #expect(batch.bytes.count < LargeAnswer.pageBytes + 4 * 70_000)
            let answers = try batch.json()["answers"]?.list ?? []
            #expect(answers.count == 4 && answers.allSatisfy { $0["next_cursor"] != .null })
            // Answers are counted until they are taken.
            #expect(held.load.peak >= max(uploaded, LargeAnswer.pageBytes - 70_000))
            #expect(held.load.held == 0)
        }
    }

    /// What is counted of an answer is returned once the client has it, not before.
    @Test func answersAreCountedUntilTheyAreTaken() async throws {
        let held = HeldBytes(maximum: 64 << 20)
        let server = try TestServer()
        let options = server.options { $0.held = held }
        try await server.run(.live, options: options) { client async throws in
            let port = try #require(client.client.port)
            try await RawConnection.onThread {
                let form = try Form.pictures(0..<Self.pictures, attributes: Self.attributes)
                let uploaded = try RawConnection.request(
                    port: port, "POST", PictureTests.path, ["Content-Type: " + Form.contentType], body: form.whole)
                #expect(uploaded?.status == 201)
                let clients = try (0..<4).map { _ in
                    let connection = try RawConnection(port: port, window: 4_096)
                    connection.send("GET \(PictureTests.path)?k=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return connection
                }
                for connection in clients { #expect(connection.answer()?.status == 200) }
            }
            #expect(held.load.peak >= LargeAnswer.pageBytes - 70_000)
            while held.load.held > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    /// Bodies of every kind are counted: none is kept beside the count.
    @Test func documentsAreCounted() async throws {
        let held = HeldBytes(maximum: 8 << 20)
        let server = try TestServer()
        let options = server.options { $0.held = held }
        try await server.run(pictures: 0..<1, options: options) { client async throws in
            let (step, collection) = (512 << 10, "/v1/collections/photos")
            var expected = 0
            for (method, path, body) in [
                (HTTPRequest.Method.post, "/search", #"{"query":{"positive":[{"id":1}]}}"#),
                (.post, "/search/batch", #"{"searches":[{"query":{"positive":[{"id":1}]}}]}"#),
                (.patch, "/images/1", #"{"attributes":{}}"#), (.post, "/images/delete", #"{"ids":[7]}"#),
                (.post, "/jobs", #"{"kind":"index"}"#), (.put, "", "{}"), (.post, "/images", #"{"path":"/x"}"#),
            ] {
                // Each is larger than the one before.
                expected += step
                let body = body + String(repeating: " ", count: expected)
                let answer = try await client.post(collection + path, body, method: method)
                #expect(path == "/images" ? answer.status == 403 : answer.status < 300, "\(path): \(answer.text)")
                #expect(held.load.peak >= expected, "\(path)")
                #expect(held.load.held == 0)
            }
        }
    }

    /// As many readers as there are cores have a turn; who comes when nobody may wait is told when to come back.
    @Test func readersWaitForTheirTurn() async throws {
        let folder = try TemporaryFolder()
        let objects = ObservedObjects(FolderObjectStore(path: folder.path), isOpen: false)
        let server = try TestServer()
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try await CollectionOpener.$current.withValue(MemoryCollections { objects }.opener) {
            try await server.run(pictures: 0..<2, options: server.options { $0.waiting = 0 }) { client async throws in
                try await withThrowingTaskGroup(of: Answer.self) { group in
                    for _ in 0..<cores { group.addTask { try await client.get(PictureTests.path + "/1/file") } }
                    try await objects.wait { $0.asked == cores }
                    let collection = "/v1/collections/photos"
                    for path in [
                        "/images", "/images?filter=width%3E1", "/images/1", "/images/1/vector", "/attributes", "",
                        "/images/2/file",
                    ] {
                        let refused = try await client.get(collection + path)
                        #expect(refused.status == 503 && refused.problem == "overloaded", "\(path)")
                        #expect(refused.headers[.retryAfter] != nil)
                    }
                    #expect(try await client.get("/v1/collections").problem == "overloaded")
                    // Whether the server is well can be asked all the same, and searches have turns of their own.
                    for path in ["/healthz", "/readyz", "/status/", "/v1/status", "/metrics"] {
                        #expect(try await client.get(path).status == 200)
                    }
                    #expect(try await client.get(collection + "/images/1/similar").status == 200)
                    objects.open()
                    for try await answer in group { #expect(answer.status == 200) }
                }
                #expect(try await client.get(PictureTests.path).status == 200)
            }
        }
    }

    /// Long work has threads of its own: as much of it as there are threads for everything else leaves these alone.
    @Test func longWorkLeavesTheSharedThreadsAlone() async throws {
        let gate = DispatchSemaphore(value: 0)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 * cores {
                group.addTask {
                    try await LongWork.run { gate.wait(timeout: .now() + .seconds(300)) == .success }
                }
            }
            let others = (0..<4 * cores).map { number in Task { number } }
            for (number, other) in others.enumerated() { #expect(await other.value == number) }
            for _ in 0..<2 * cores { gate.signal() }
            for try await isDone in group { #expect(isDone) }
        }
    }
}
