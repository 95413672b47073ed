import Foundation
import ObjectStores
import SessionSupport
import Sosia
import SosiaCore
import Synchronization
import TestSupport
import Testing

@testable import SosiaServer

/// Work for a client that has gone is ended.
@Suite(.timeLimit(.minutes(10)))
struct DisconnectTests {
    @Test func aRequestEndsWithItsConnection() async throws {
        let folder = try TemporaryFolder()
        let objects = EndlessObjects(FolderObjectStore(path: folder.path))
        let server = try TestServer()
        try await CollectionOpener.$current.withValue(MemoryCollections { objects }.opener) {
            try await server.serve(server.options) { port in
                try await RawConnection.onThread {
                    let form = try Form.pictures(0..<1)
                    let uploaded = try RawConnection.request(
                        port: port, "POST", PictureTests.path, ["Content-Type: " + Form.contentType], body: form.whole)
                    #expect(uploaded?.status == 201)
                    let connection = try RawConnection(port: port)
                    connection.send("GET \(PictureTests.path)/1/file HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    objects.waitUntil { $0.begun == 1 }
                    #expect(objects.state.withLock { $0.ended } == 0)
                }
                // The connection was closed when nobody knew it any more.
                try await RawConnection.onThread { objects.waitUntil { $0.ended == 1 } }
            }
        }
    }
}

/// Takes for ever to say how long an object is, until its task is cancelled.
private final class EndlessObjects: ObjectStore {
    private let store: any ObjectStore
    let state = Mutex((begun: 0, ended: 0))

    init(_ store: any ObjectStore) {
        self.store = store
    }

    /// Blocks its thread.
    func waitUntil(_ condition: ((begun: Int, ended: Int)) -> Bool) {
        while !state.withLock({ condition($0) }) { usleep(5_000) }
    }

    func length(of key: ContentHash) async throws -> Int? {
        state.withLock { $0.begun += 1 }
        defer { state.withLock { $0.ended += 1 } }
        while true { try await Task.sleep(for: .milliseconds(5)) }
    }

    func get(_ key: ContentHash, _ range: Range<Int>) async throws -> [UInt8]? { try await store.get(key, range) }
    func put(_ bytes: [UInt8], as key: ContentHash) async throws { try await store.put(bytes, as: key) }
    func get(_ key: ContentHash) async throws -> [UInt8]? { try await store.get(key) }
    func contains(_ key: ContentHash) async throws -> Bool { try await store.contains(key) }
    func examine(_ key: ContentHash) async throws -> ObjectCondition { try await store.examine(key) }
    func remove(_ key: ContentHash, writtenBefore date: Date) async throws -> Bool {
        try await store.remove(key, writtenBefore: date)
    }
    func objects(after key: ContentHash?, limit: Int) async throws -> [StoredObject] {
        try await store.objects(after: key, limit: limit)
    }
}
