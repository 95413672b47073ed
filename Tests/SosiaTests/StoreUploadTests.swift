import EngineConformance
import Foundation
import ObjectStores
import Sosia
import SosiaCore
import Synchronization
import TestSupport
import Testing

@Suite(.everyEngine) struct StoreUploadTests {
    let folder: TemporaryFolder
    let store: Store
    let objects: FolderObjectStore

    init() async throws {
        folder = try TemporaryFolder()
        objects = FolderObjectStore(path: folder.path + "/a.sosia/originals")
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
    }

    private func keys() async throws -> [ContentHash] { try await objects.objects(after: nil, limit: 1_000).map(\.key) }

    private func add(_ numbers: ClosedRange<Int>) async throws -> [ImageID] {
        try await store.add(numbers.map { Upload(name: "\($0).jpg", bytes: try picture($0)) }).compactMap(\.id)
    }

    @Test func uploadsAreFoundAndSayWhatBecameOfThem() async throws {
        let outcomes = try await store.add([
            Upload(name: "C:\\photos\\one\n.jpg", bytes: picture(1), attributes: ["shop": .string("A")]),
            Upload(name: "notes.txt", bytes: Array("not a picture".utf8)),
            Upload(name: "", bytes: []),
            Upload(name: "../../etc/two.jpg", bytes: picture(2)),
            Upload(name: "again.jpg", bytes: picture(1), attributes: ["price": .integer(3)]),
        ])
        let (one, two) = (ImageID(rawValue: 1), ImageID(rawValue: 2))
        #expect(outcomes.map(\.name) == ["one.jpg", "notes.txt", "picture", "two.jpg", "again.jpg"])
        #expect(outcomes.map(\.id) == [one, nil, nil, two, one])
        #expect(outcomes[0].result == .added(one))
        #expect(outcomes[4].result == .known(one))
        #expect(outcomes[2].result == .skipped(.decoding(.empty)))
        guard case .skipped(.decoding(.notAPicture)) = outcomes[1].result else {
            Issue.record("\(outcomes[1])")
            return
        }
        let record = try await store.record(one)
        #expect(record.attributes == ["shop": .string("A"), "price": .integer(3)])
        #expect(record.places.map { $0.split(separator: "/").last } == ["again.jpg", "one.jpg"])
        #expect(try await store.search(picture(2), k: 1).hits.first?.record.id == two)
        #expect(try await store.add([Upload(name: "one.jpg", bytes: picture(1))])[0].result == .known(one))
        #expect(try await store.add([]).isEmpty)
        #expect(try await store.verify().problems.isEmpty)
    }

    @Test func originalsAreKeptByteByByte() async throws {
        let ids = try await add(1...3)
        let original = try await store.original(of: ids[1])
        #expect(original.bytes == (try picture(2)))
        #expect(original.format == .jpeg)
        #expect(ContentHash(of: original.bytes) == original.hash)
        await #expect(throws: EngineError.unknownImage(ImageID(rawValue: 9))) {
            try await store.original(of: ImageID(rawValue: 9))
        }
        #expect(try await objects.remove(original.hash, writtenBefore: .distantFuture))
        await #expect(throws: StoreError.originalGone(ids[1])) { try await store.original(of: ids[1]) }
        #expect(
            try await store.verify().problems == [.original(of: ids[1], key: original.hash, .missing)])
    }

    @Test func aChangedFileIsNotGivenAway() async throws {
        try folder.write(picture(1), to: "photos/1.jpg")
        _ = try await store.add([folder.path + "/photos"])
        let id = ImageID(rawValue: 1)
        #expect(try await store.original(of: id).bytes == (try picture(1)))
        try folder.write(picture(2), to: "photos/1.jpg")
        await #expect(throws: StoreError.originalGone(id)) { try await store.original(of: id) }
        // The same bytes were uploaded, too.
        _ = try await add(1...1)
        #expect(try await store.original(of: id).bytes == (try picture(1)))
    }

    @Test func whatIsRemovedTakesItsObjectAlong() async throws {
        let ids = try await add(1...4)
        _ = try await store.thumbnail(of: ids[0], width: 64)
        #expect(try await keys().count == 4)
        #expect(try await store.remove([ids[0], ids[2], ImageID(rawValue: 99)]) == 2)
        let thumbnails = FileManager.default.enumerator(atPath: folder.path + "/a.sosia/thumbnails")
        #expect(thumbnails?.contains { "\($0)".hasSuffix(".jpg") } != true)
        // The bytes stay for a while: somebody may be about to name them.
        #expect(try await keys().count == 4)
        #expect(try await store.verify().problems.isEmpty)
        _ = try await store.compact()
        #expect(try await keys().count == 4)
        let verified = try await store.verify(objectGrace: 0)
        #expect(verified.problems.isEmpty)
        #expect(verified.notes.count == 2)
        _ = try await store.compact(objectGrace: 0)
        #expect(try await keys().count == 2)
        #expect(try await store.verify(objectGrace: 0).problems.isEmpty)
        #expect(try await store.verify(objectGrace: 0).notes.isEmpty)
    }

    @Test func whatACrashLeftIsFoundAndTakenAway() async throws {
        _ = try await add(1...2)
        // The bytes were kept, and the commit never came.
        let bytes = try picture(3)
        let hash = try #require(ContentHash(of: bytes))
        try await objects.put(bytes, as: hash)
        #expect(try await store.verify().problems.isEmpty)
        #expect(try await store.verify().notes.isEmpty)
        // Nothing is wrong with that, but it can be known.
        #expect(try await store.verify(objectGrace: 0).notes == [.orphan(hash)])
        #expect(try await store.verify(objectGrace: 0).problems.isEmpty)
        _ = try await store.compact()
        #expect(try await keys().count == 3)
        _ = try await store.compact(objectGrace: 0)
        #expect(try await store.verify(objectGrace: 0).notes.isEmpty)
        #expect(try await keys().count == 2)
        // Or it comes again.
        try await objects.put(bytes, as: hash)
        _ = try await add(3...3)
        #expect(try await store.verify(objectGrace: 0).problems.isEmpty)
        #expect(try await store.verify(objectGrace: 0).notes.isEmpty)
    }

    /// Every kind of damage is found, with the picture and the key, and the same upload mends it.
    @Test func damagedOriginalsAreFoundAndUploadingAgainMendsThem() async throws {
        let ids = try await add(1...5)
        func file(_ index: Int) throws -> (key: ContentHash, url: URL) {
            let key = try #require(ContentHash(of: picture(index + 1)))
            return (key, URL(fileURLWithPath: "\(objects.path)/\(key.description.prefix(2))/\(key)"))
        }
        let bytes = try picture(1)
        var flipped = Data(bytes)
        flipped[bytes.count / 2] ^= 16
        try flipped.write(to: file(0).url)
        try Data(picture(2).dropLast(10)).write(to: file(1).url)
        try Data().write(to: file(2).url)
        try FileManager.default.removeItem(at: file(3).url)
        let cut = try picture(2).count - 10
        let expected: Set<VerifyReport.Problem> = [
            .original(of: ids[0], key: try file(0).key, .changed(bytes: bytes.count)),
            .original(of: ids[1], key: try file(1).key, .changed(bytes: cut)),
            .original(of: ids[2], key: try file(2).key, .changed(bytes: 0)),
            .original(of: ids[3], key: try file(3).key, .missing),
        ]
        let calls = Mutex<[(done: Int, total: Int)]>([])
        let report = try await store.verify { done, total in calls.withLock { $0.append((done, total)) } }
        #expect(Set(report.problems) == expected && report.problems.count == 4)
        let told = calls.withLock { $0 }
        #expect(told.allSatisfy { $0.done <= $0.total && $0.total == told.last?.total })
        #expect(zip(told, told.dropFirst()).allSatisfy { $0.done <= $1.done })
        #expect(told.last.map { $0.done == $0.total } == true)
        #expect(try await add(1...4) == Array(ids[..<4]))
        #expect(try await store.verify().problems.isEmpty)
        for (index, id) in ids.enumerated() {
            #expect(try await store.original(of: id).bytes == picture(index + 1))
        }
    }

    @Test func aVerificationOfOriginalsCanBeCancelled() async throws {
        _ = try await add(1...20)
        let running = Mutex<Task<VerifyReport, any Error>?>(nil)
        let store = store
        let task = Task {
            while running.withLock({ $0 == nil }) { await Task.yield() }
            // Cancelled where the uploads begin.
            return try await store.verify { done, total in
                if done > total - 20 { running.withLock { $0?.cancel() } }
            }
        }
        running.withLock { $0 = task }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func uploadsAndFilesAreOnePicture() async throws {
        let uploaded = try await add(1...1)
        try folder.write(picture(1), to: "photos/1.jpg")
        let report = try await store.add([folder.path + "/photos"])
        #expect(report.duplicates == 1 && report.moved == 0)
        #expect(try await store.record(uploaded[0]).sources.count == 2)
        var options = IngestOptions()
        (options.prune, options.force) = (true, true)
        try folder.remove("photos/1.jpg")
        #expect(try await store.add([folder.path + "/photos"], options: options).pruned == 0)
        #expect(try await store.record(uploaded[0]).sources.count == 1)
        #expect(try await store.original(of: uploaded[0]).bytes == (try picture(1)))
    }

    @Test func manyUploadsAndRemovalsAtOnceLoseNothing() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    for round in 0..<5 {
                        let outcomes = try await store.add(
                            (0..<4).map {
                                Upload(name: "\($0).jpg", bytes: try picture(($0 + worker + round) % 8))
                            })
                        #expect(outcomes.allSatisfy { $0.id != nil })
                        if worker % 2 == 0 { _ = try await store.remove(outcomes.prefix(2).compactMap(\.id)) }
                    }
                }
            }
            try await group.waitForAll()
        }
        _ = try await store.compact(objectGrace: 0)
        #expect(try await store.verify(objectGrace: 0).problems.isEmpty)
        #expect(try await keys().count == store.count())
    }

    @Test func thereMustBeAPlaceForThem() async throws {
        let embedder = GridEmbedder()
        let plain = Store(
            engine: MemoryEngine(CollectionDescription(model: embedder.identity, machine: .host)), embedder: embedder)
        await #expect(throws: StoreError.noObjectStore) {
            try await plain.add([Upload(name: "1.jpg", bytes: picture(1))])
        }
    }

    @Test func thumbnailsHaveFewWidths() async throws {
        let wide = try ImageEncoder.jpeg(
            #require(PixelImage(width: 300, height: 150, bytes: [UInt8](repeating: 90, count: 300 * 150 * 3))))
        let ids = try await store.add([Upload(name: "w.jpg", bytes: wide)]).compactMap(\.id)
        func size(_ width: Int) async throws -> [Int] {
            let picture = try ImageDecoder().decode(await store.thumbnail(of: ids[0], width: width), maxSide: 16_384)
            return [picture.facts.width, picture.facts.height]
        }
        #expect(try await size(1) == [64, 32])
        #expect(try await size(200) == [256, 128])
        #expect(try await size(1_024) == [300, 150])
    }

    @Test func thumbnailsComeFromTheCacheUnlessItIsDamaged() async throws {
        let ids = try await add(1...1)
        let first = try await store.thumbnail(of: ids[0], width: 64)
        let hash = try await store.original(of: ids[0]).hash
        let path = "\(folder.path)/a.sosia/thumbnails/\(hash.description.prefix(2))/\(hash)-64.jpg"
        #expect(FileManager.default.contents(atPath: path) == Data(first))
        try Data(first.prefix(50)).write(to: URL(fileURLWithPath: path))
        #expect(try await store.thumbnail(of: ids[0], width: 64) == first)
        #expect(try await objects.remove(hash, writtenBefore: .distantFuture))
        #expect(try await store.thumbnail(of: ids[0], width: 64) == first)
        for width in [0, -1, 1_025, .max] {
            await #expect(throws: StoreError.invalidWidth(got: width, minimum: 1, maximum: 1_024)) {
                try await store.thumbnail(of: ids[0], width: width)
            }
        }
    }
}
