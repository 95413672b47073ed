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

/// Originals in pieces and ranges.
@Suite(.timeLimit(.minutes(10)))
struct FileTests {
    private static let path = PictureTests.path + "/1/file"

    @Test(arguments: [
        ("bytes=0-0", ByteRange.part(0..<1)), ("bytes=0-99", .part(0..<100)), ("bytes=0-100", .part(0..<100)),
        ("bytes=99-", .part(99..<100)), ("bytes=5-7", .part(5..<8)), ("BYTES=5-7", .part(5..<8)),
        ("bytes=-1", .part(99..<100)), ("bytes=-100", .part(0..<100)), ("bytes=-1000", .part(0..<100)),
        ("bytes=3-99999999999999999999", .part(3..<100)), ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
        ("bytes=100-200", .unsatisfiable), ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=7-5", .whole),
        ("bytes=0-1,5-6", .whole), ("bytes=", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole),
        ("bytes=1-2-3", .whole),
        ("pictures=0-1", .whole), ("bytes 0-1", .whole), ("", .whole), ("bytes=+1-2", .whole), ("bytes= 1-2", .whole),
        ("bytes=\u{661}-", .whole),
    ])
    func rangesAreRead(_ field: String, _ range: ByteRange) {
        #expect(ByteRange(field, of: 100) == range)
    }

    @Test func partsAreServed() async throws {
        try await TestServer().run(pictures: 0..<1) { client async throws in
            let whole = try await client.get(Self.path)
            #expect(whole.status == 200 && whole.headers[.acceptRanges] == "bytes")
            let (bytes, tag) = (whole.bytes, try #require(whole.headers[.eTag]))
            let count = bytes.count
            for (field, range) in [
                ("bytes=0-", 0..<count), ("bytes=10-19", 10..<20), ("bytes=-7", count - 7..<count),
            ] {
                for more in [[:], [.ifRange: tag]] as [HTTPFields] {
                    let answer = try await client.send(.get, Self.path, [.range: field] + more)
                    #expect(answer.status == 206)
                    #expect(answer.bytes == Array(bytes[range]))
                    #expect(answer.headers[.contentLength] == "\(range.count)")
                    #expect(
                        answer.headers[.contentRange]
                            == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)")
                    #expect(answer.headers[.eTag] == tag)
                }
            }
            // A part of something else is not asked for: the whole comes.
            for other in ["\"other\"", "W/" + tag, "Fri, 27 Nov 2026 10:00:00 GMT"] {
                let answer = try await client.send(.get, Self.path, [.range: "bytes=0-1", .ifRange: other])
                #expect(answer.status == 200 && answer.bytes == bytes && answer.headers[.contentRange] == nil)
            }
            let several = try await client.send(.get, Self.path, [.range: "bytes=0-1,3-4"])
            #expect(several.status == 200 && several.bytes == bytes)
            let behind = try await client.send(.get, Self.path, [.range: "bytes=\(count)-"])
            #expect(behind.status == 416 && behind.problem == "range-not-satisfiable")
            #expect(behind.headers[.contentRange] == "bytes */\(count)")
            let known = try await client.send(.get, Self.path, [.range: "bytes=0-1", .ifNoneMatch: tag])
            #expect(known.status == 304 && known.bytes.isEmpty)
            for fields in [[:], [.range: "bytes=0-1"]] as [HTTPFields] {
                let head = try await client.send(.head, Self.path, fields)
                #expect(head.status == 200 && head.bytes.isEmpty)
                #expect(head.headers[.contentLength] == "\(count)" && head.headers[.eTag] == tag)
            }
            #expect(try await client.get(PictureTests.path + "/1/thumb").headers[.acceptRanges] == "none")
        }
    }

    /// Files of this machine are read in parts, too; one that shows something else by now is not given away.
    @Test func filesOfTheMachineAreServed() async throws {
        let server = try TestServer()
        let folder = server.folder + "/pictures"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = URL(fileURLWithPath: folder + "/a.bmp")
        let bytes = Bitmap.bytes(width: 600, height: 500, seed: 1)
        try Data(bytes).write(to: file)
        let address = server.folder + "/photos.sosia"
        #expect(try await Store(creating: address, embedder: GridEmbedder()).add([folder]).added == 1)
        try await server.run { client async throws in
            let whole = try await client.get(Self.path)
            #expect(whole.bytes == bytes && whole.headers[.contentType] == "image/bmp")
            let part = try await client.send(.get, Self.path, [.range: "bytes=300000-599999"])
            #expect(part.status == 206 && part.bytes == Array(bytes[300_000..<600_000]))
            let reader = try await Store(opening: address).openOriginal(of: ImageID(rawValue: 1))
            #expect(try await reader.bytes(in: 0..<2) == Array("BM".utf8))
            // The same length, other pixels.
            try Data(Bitmap.bytes(width: 600, height: 500, seed: 2)).write(to: file)
            #expect(try await client.get(Self.path).problem == "original-missing")
            await #expect(throws: StoreError.originalGone(ImageID(rawValue: 1))) {
                try await reader.bytes(in: 0..<2)
            }
            try FileManager.default.removeItem(at: file)
            #expect(try await client.get(Self.path).problem == "original-missing")
        }
    }

    /// What is damaged in the object store is not given away, in parts neither.
    @Test func damagedUploadsAreNotServed() async throws {
        let server = try TestServer()
        try await server.run(pictures: 0..<1) { client async throws in
            let hash = try #require(try await client.get(Self.path).headers[.eTag]).dropFirst().dropLast()
            let file = URL(fileURLWithPath: "\(server.folder)/photos.sosia/originals/\(hash.prefix(2))/\(hash)")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 3] ^= 1
            try bytes.write(to: file)
            for fields in [[:], [.range: "bytes=0-1"]] as [HTTPFields] {
                #expect(try await client.send(.get, Self.path, fields).problem == "original-missing")
            }
        }
    }

    /// A client that does not read keeps two pieces in memory, and nothing is read for it meanwhile.
    @Test func nothingIsReadForClientsThatDoNotRead() async throws {
        let folder = try TemporaryFolder()
        let objects = ObservedObjects(FolderObjectStore(path: folder.path))
        let held = HeldBytes(maximum: 256 << 20)
        let server = try TestServer()
        let opener = MemoryCollections { objects }.opener
        let bytes = Bitmap.bytes(width: 4_000, height: 1_000, seed: 3)
        let clients = 4
        try await CollectionOpener.$current.withValue(opener) {
            try await server.run(.live, options: server.options { $0.held = held }) { client async throws in
                let port = try #require(client.client.port)
                try await RawConnection.onThread {
                    var form = Form()
                    form.add("file", fileName: "a.bmp", bytes)
                    let uploaded = try RawConnection.request(
                        port: port, "POST", PictureTests.path, ["Content-Type: " + Form.contentType], body: form.whole)
                    #expect(uploaded?.status == 201)
                    let (peak, before) = (held.load.peak, objects.now.read)
                    let stalled = try (0..<clients).map { _ in
                        let connection = try RawConnection(port: port, window: 4_096)
                        connection.send("GET \(Self.path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        return connection
                    }
                    // Each was hashed, and its first pieces are on their way.
                    let hashed = before + clients * bytes.count
                    while held.load.held < clients * 2 * FileController.piece
                        || objects.now.read < hashed + clients * FileController.piece
                    {
                        Thread.sleep(forTimeInterval: 0.01)
                    }
                    for _ in 0..<100 {
                        #expect(try RawConnection.request(port: port, "GET", "/healthz")?.status == 200)
                    }
                    // The system's buffers take a few megabytes of each.
                    #expect(objects.now.read < hashed + clients * bytes.count / 4 * 3)
                    #expect(held.load.held == clients * 2 * FileController.piece)
                    #expect(held.load.peak == max(peak, clients * 2 * FileController.piece))
                    // Who reads gets all of it.
                    for connection in stalled { #expect(connection.answer()?.body == bytes) }
                    #expect(objects.now.read == hashed + clients * bytes.count)
                }
            }
        }
        #expect(held.load.held == 0)
    }
}

/// BMP files: as large as their pixels, and quick to make.
enum Bitmap {
    static func bytes(width: Int, height: Int, seed: UInt8) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        let size = width * height * 3
        let head =
            Array("BM".utf8) + number(54 + size, 4) + number(0, 4) + number(54, 4) + number(40, 4) + number(width, 4)
            + number(height, 4) + number(1, 2) + number(24, 2) + number(0, 4) + number(size, 4)
            + number(2_835, 4) + number(2_835, 4) + number(0, 8)
        return head
            + [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                for index in 0..<size { buffer[index] = UInt8(truncatingIfNeeded: (index >> 8) &+ Int(seed) * 31) }
                count = size
            }
    }
}

extension HTTPFields {
    fileprivate static func + (left: HTTPFields, right: HTTPFields) -> HTTPFields {
        var fields = left
        for field in right { fields.append(field) }
        return fields
    }
}
