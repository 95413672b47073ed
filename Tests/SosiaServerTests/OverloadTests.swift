import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import SessionSupport
import Sosia
import TestSupport
import Testing

@testable import SosiaServer

@Suite(.timeLimit(.minutes(10)))
struct OverloadTests {
    /// As many searches as there are cores run; who comes when nobody may wait is told when to come back.
    @Test func aFullQueueTurnsAwayAtOnce() async throws {
        let server = try TestServer()
        let embedder = GatedEmbedder()
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let application = try await TestServer.application(
            server.options { $0.waiting = 0 }, networks: .only(embedder))
        try await application.test(.router) { client in
            let client = Client(client: client)
            let form = try {
                var form = Form()
                form.add("picture", fileName: "q.jpg", try picture(1))
                return form
            }()
            await withTaskGroup(of: Answer?.self) { group in
                for _ in 0..<cores + 5 {
                    group.addTask { try? await client.post("/v1/collections/photos/search", form) }
                }
                for _ in 0..<5 {
                    let refused = await group.next() ?? nil
                    #expect(refused?.problem == "overloaded")
                    #expect(refused?.status == 503)
                    #expect(refused.flatMap { $0.headers[.retryAfter] }.flatMap { Int($0) } ?? 0 > 0)
                }
                for _ in 0..<cores { embedder.letOne() }
                for await answer in group { #expect(answer?.status == 200) }
            }
        }
    }
}
