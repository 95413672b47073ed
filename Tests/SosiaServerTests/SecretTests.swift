import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import ObjectStores
import SessionSupport
import Sosia
import Synchronization
import TestSupport
import Testing

@testable import SosiaServer

/// A password that is part of an address is in no answer, no metric and no line of the log.
struct SecretTests {
    private final class Log: Sendable {
        let text = Mutex("")
    }

    private struct Handler: LogHandler {
        let log: Log
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.text.withLock { $0 += "\(event.message) \(metadata) \(event.metadata ?? [:])\n" }
        }
    }

    @Test func noAnswerHasAPassword() async throws {
        let folder = try TemporaryFolder()
        let opener = MemoryCollections(takesServices: true) { FolderObjectStore(path: folder.path) }.opener
        var options = ServerOptions(.store("postgres://sosia:hunter2@host/photos"))
        options.port = 0
        let log = Log()
        try await CollectionOpener.$current.withValue(opener) {
            try await NetworkLoader.$current.withValue(.only(GridEmbedder())) { [options] in
                let application = try await buildApplication(
                    options, logger: Logger(label: "test") { _ in Handler(log: log) })
                try await application.test(.router) { client in
                    let client = Client(client: client)
                    try await client.upload(0..<2)
                    for path in [
                        "/v1/status", "/metrics", "/readyz", "/openapi.json", "/v1/collections/photos",
                        "/v1/collections/photos/images", "/v1/collections/photos/images/1/similar",
                        "/v1/collections/photos/images/9", "/v1/collections/none", "/",
                    ] {
                        let answer = try await client.get(path)
                        #expect(!answer.text.contains("hunter2"), "\(path)")
                        #expect(!answer.headers.contains { $0.value.contains("hunter2") }, "\(path)")
                    }
                }
            }
        }
        let text = log.text.withLock(\.self)
        #expect(text.contains("/v1/status"))
        #expect(!text.contains("hunter2"))
    }

    @Test func theReasonWhyAServerDoesNotStartHasNone() async throws {
        let options = ServerOptions(.store("postgres://sosia:hunter2@host/photos"))
        let error = await #expect(throws: StoreAddressError.self) { try await TestServer.application(options) }
        #expect(error.map { "\($0)".contains("postgres://") && !"\($0)".contains("hunter2") } == true)
    }
}
