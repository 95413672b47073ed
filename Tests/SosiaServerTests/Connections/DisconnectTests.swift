import Foundation
import ObjectStores
import SessionSupport
import Sosia
import SosiaCore
import TestSupport
import Testing

@testable import SosiaServer

/// Work for a client that has gone is ended.
@Suite(.timeLimit(.minutes(10)))
struct DisconnectTests {
    @Test func aRequestEndsWithItsConnection() async throws {
        let folder = try TemporaryFolder()
        let objects = ObservedObjects(FolderObjectStore(path: folder.path), isOpen: false)
        let server = try TestServer()
        try await CollectionOpener.$current.withValue(MemoryCollections { objects }.opener) {
            try await server.serve(server.options) { port in
                do {
                    let connection = try await RawConnection.onThread {
                        let form = try Form.pictures(0..<1)
                        let uploaded = try RawConnection.request(
                            port: port, "POST", PictureTests.path, ["Content-Type: " + Form.contentType],
                            body: form.whole)
                        #expect(uploaded?.status == 201)
                        let connection = try RawConnection(port: port)
                        connection.send("GET \(PictureTests.path)/1/file HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        return connection
                    }
                    try await objects.wait { $0.asked == 1 }
                    #expect(objects.now.answered == 0)
                    withExtendedLifetime(connection) {}
                }
                // The connection was closed when nobody knew it any more.
                try await objects.wait { $0.answered == 1 }
            }
        }
    }
}
