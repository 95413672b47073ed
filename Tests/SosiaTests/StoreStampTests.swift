import FileSystem
import Foundation
import Images
import Sosia
import SosiaCore
import Synchronization
import TestSupport
import Testing

/// Files that look as they did and have other bytes, and files that look otherwise and have the same.
@Suite(.everyEngine) struct StoreStampTests {
    let folder: TemporaryFolder
    let embedder = CountingEmbedder()
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        store = try await Store(creating: folder.path + "/a.sosia", embedder: embedder)
        for number in 0..<6 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        _ = try await store.add([photos])
    }

    private var photos: String { folder.path + "/photos" }

    /// Changes a file and sets its old time again, as programs do that are asked to keep it.
    private func keepingTime(of path: String, _ body: () throws -> Void) throws {
        var before = stat()
        try #require(stat(path, &before) == 0)
        try body()
        // To the nanosecond, which Foundation's dates are not.
        try #require(utimensat(AT_FDCWD, path, [before.st_atim, before.st_mtim], 0) == 0)
    }

    private func overwrite(_ name: String, with bytes: [UInt8]) throws {
        let path = folder.path + "/" + name
        try keepingTime(of: path) {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.write(contentsOf: Data(bytes))
            try file.close()
        }
    }

    private func rehash() async throws -> IngestReport {
        var options = IngestOptions()
        options.rehash = true
        return try await store.add([photos], options: options)
    }

    /// Another picture with as many bytes as number 3 has: decoders pass over what is behind the end.
    private func other() throws -> [UInt8] {
        let size = try picture(3).count
        let bytes = try #require(try (100..<200).map { try picture($0) }.first { $0.count <= size })
        return bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }

    @Test func otherBytesUnderTheSameSizeAndTimeAreNoticed() async throws {
        let bytes = try other()
        try overwrite("photos/3.jpg", with: bytes)
        embedder.reset()
        let report = try await store.add([photos])
        #expect((report.changed, report.unchanged) == (1, 5))
        #expect(embedder.count == 1)
        #expect(try await store.search(bytes, k: 1).hits.first?.distance == 0)
        #expect(try await store.search(bytes, k: 1).hits.first?.record.places == [photos + "/3.jpg"])
        #expect(try await store.count() == 6)
        #expect(try await store.verify(files: true).problems.isEmpty)
    }

    /// Their inodes are other ones, and nothing else.
    @Test func filesThatExchangeTheirNamesUnderOneStampExchangeTheirIDs() async throws {
        let bytes = try other()
        try folder.write(bytes, to: "photos/9.jpg")
        let time = Date(timeIntervalSince1970: 1_000_000_000)
        for name in ["3", "9"] {
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: "\(photos)/\(name).jpg")
        }
        _ = try await store.add([photos])
        let before = try await ids(picture(3), bytes)
        try folder.move("photos/3.jpg", to: "photos/x.jpg")
        try folder.move("photos/9.jpg", to: "photos/3.jpg")
        try folder.move("photos/x.jpg", to: "photos/9.jpg")
        embedder.reset()
        var options = IngestOptions()
        options.batch = 1
        #expect(try await store.add([photos], options: options).changed == 2)
        #expect(embedder.count == 0)
        #expect(try await ids(picture(3), bytes) == before)
        #expect(try await store.record(before[0]).places == [photos + "/9.jpg"])
    }

    private func ids(_ pictures: [UInt8]...) async throws -> [ImageID] {
        let hashes = try pictures.map { try #require(ContentHash(of: $0)) }
        return try await store.engine.known(hashes).flatMap { $0 }.map(\.id)
    }

    @Test func aCopyOnAnotherDiskIsHashedOnceAndNotEmbedded() async throws {
        for number in 0..<6 {
            let path = "\(photos)/\(number).jpg"
            try keepingTime(of: path) {
                try folder.move("photos/\(number).jpg", to: "old/\(number).jpg")
                try folder.write(picture(number), to: "photos/\(number).jpg")
            }
            try await store.renewStamp(of: path, hash: #require(ContentHash(of: picture(number))), device: 123_456)
        }
        embedder.reset()
        #expect(try await store.add([photos]).unchanged == 6)
        #expect(embedder.count == 0)
        // From now on they are not opened.
        try folder.write([UInt8](repeating: 0, count: picture(2).count), to: "photos/2.jpg")
        try await store.renewStamp(of: photos + "/2.jpg", hash: #require(ContentHash(of: picture(2))))
        #expect(try await store.add([photos]).unchanged == 6)
    }

    @Test func attributesReachFilesThatAreHashedAgain() async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: photos + "/1.jpg")
        var options = IngestOptions()
        options.attributes = ["shop": .string("A")]
        #expect(try await store.add([photos], options: options).unchanged == 6)
        for number in 1...6 {
            let record = try await store.record(ImageID(rawValue: Int64(number)))
            #expect(record.attributes == ["shop": .string("A")])
        }
    }

    @Test func whatNoStampTellsIsFoundByHashing() async throws {
        let bytes = try other()
        try overwrite("photos/3.jpg", with: bytes)
        try await store.renewStamp(of: photos + "/3.jpg", hash: #require(ContentHash(of: picture(3))))
        try folder.remove("photos/4.jpg")
        #expect(try await store.add([photos]).unchanged == 5)
        #expect(try await store.verify().problems.isEmpty)
        let found = try await store.verify(files: true)
        #expect(found.files == 6)
        #expect(
            Set(found.problems) == [
                .file(path: photos + "/3.jpg", of: ImageID(rawValue: 4), .changed),
                .file(path: photos + "/4.jpg", of: ImageID(rawValue: 5), .missing),
            ])
        try folder.write(picture(4), to: "photos/4.jpg")
        let report = try await rehash()
        #expect((report.changed, report.unchanged) == (1, 5))
        #expect(try await store.verify(files: true).problems.isEmpty)
        #expect(try await rehash().unchanged == 6)
    }

    @Test func aFileThatIsNoPictureAnyMoreIsNamed() async throws {
        try overwrite("photos/3.jpg", with: [UInt8](repeating: 0, count: picture(3).count))
        let report = try await store.add([photos])
        #expect(report.skipped.map(\.path) == [photos + "/3.jpg"])
        #expect(report.unchanged == 5)
    }
}

/// Counts what it embeds.
final class CountingEmbedder: Embedder {
    private let embedder = GridEmbedder()
    private let embedded = Mutex(0)

    var identity: ModelIdentity { embedder.identity }
    var input: InputGeometry { embedder.input }
    var count: Int { embedded.withLock(\.self) }

    func reset() { embedded.withLock { $0 = 0 } }

    func embed(_ image: PixelImage) throws -> Embedding {
        embedded.withLock { $0 += 1 }
        return try embedder.embed(image)
    }
}
