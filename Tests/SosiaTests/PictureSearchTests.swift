import Foundation
@testable import Sosia
import SosiaCore
import Synchronization
import TestSupport
import Testing

@Suite(.everyEngine) struct PictureSearchTests {
    let folder: TemporaryFolder
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        for number in 1...9 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        store = try await Store(creating: folder.path + "/a.sosia", embedder: GridEmbedder())
        var options = IngestOptions()
        options.jobs = 1
        _ = try await store.add([folder.path + "/photos"], options: options)
    }

    private func id(_ number: Int) -> ImageID { ImageID(rawValue: Int64(number)) }

    /// Four pictures of one colour each, side by side.
    private func mosaic() throws -> (bytes: [UInt8], parts: [PixelImage]) {
        let colors: [[UInt8]] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]]
        var bytes: [UInt8] = []
        for y in 0..<80 {
            for x in 0..<80 { bytes += colors[y / 40 * 2 + x / 40] }
        }
        let whole = try #require(PixelImage(width: 80, height: 80, bytes: bytes))
        let parts = try colors.map { color in
            try #require(
                PixelImage(width: 40, height: 40, bytes: Array(repeating: color, count: 1_600).flatMap(\.self)))
        }
        return (try ImageEncoder.jpeg(whole, quality: 100), parts)
    }

    @Test func aPartOfAPictureIsAskedWith() async throws {
        let (bytes, parts) = try mosaic()
        for (number, part) in parts.enumerated() {
            try folder.write(ImageEncoder.jpeg(part, quality: 100), to: "parts/\(number).jpg")
        }
        var options = IngestOptions()
        options.jobs = 1
        _ = try await store.add([folder.path + "/parts"], options: options)
        try folder.write(bytes, to: "mosaic.jpg")
        _ = try await store.add([folder.path + "/mosaic.jpg"])
        for part in 0..<4 {
            let region = PixelRegion(x: part % 2 * 40 + 2, y: part / 2 * 40 + 2, width: 36, height: 36)
            let sources: [PictureExample.Source] = [
                .bytes(bytes), .file(folder.path + "/mosaic.jpg"), .image(id(14)),
            ]
            for source in sources {
                let answer = try await store.search(PictureSearch(source, region: region))
                #expect(answer.hits.first?.record.id == id(10 + part))
            }
        }
        // The picture of which it is a part is not in the answer.
        let answer = try await store.search(
            PictureSearch(.image(id(14)), region: PixelRegion(x: 0, y: 0, width: 80, height: 80)))
        #expect(answer.hits.count == 10)
        #expect(!answer.hits.map(\.record.id).contains(id(14)))
    }

    @Test func aRegionOutsideThePictureIsAnError() async throws {
        let outside = PixelRegion(x: 32, y: 0, width: 5, height: 5)
        let empty = PixelRegion(x: 0, y: 0, width: 0, height: 5)
        for region in [outside, empty] {
            let expected = ExampleError(
                position: 1, reason: .decoding(.regionOutside(region, width: 32, height: 32)))
            await #expect(throws: expected) {
                try await store.search(
                    PictureSearch([
                        PictureExample(.image(id(1))), PictureExample(.image(id(2)), region: region),
                    ]))
            }
        }
    }

    @Test func examplesOfAllKindsAreCombined() async throws {
        let embedding = try await store.embedding(of: id(3))
        let mixed = try await store.search(
            PictureSearch([
                PictureExample(.image(id(1))), PictureExample(.bytes(picture(2)), weight: 0.5),
                PictureExample(.embedding(embedding), weight: -0.25), PictureExample(.file(photo(4))),
            ]))
        #expect(!mixed.hits.map(\.record.id).contains(id(1)))
        #expect(mixed.hits.count == 8)
        let direct = try await store.engine.search(
            SearchRequest(
                .examples([
                    Example(.image(id(1))), Example(.embedding(store.embedding(of: id(2))), weight: 0.5),
                    Example(.embedding(embedding), weight: -0.25), Example(.embedding(store.embedding(of: id(4)))),
                ])))
        #expect(mixed.response.hits == direct.hits)
        // One example is what a search with one picture is.
        let one = try await store.search(PictureSearch(.image(id(5))))
        #expect(one.response == (try await store.search(id(5)).response))
    }

    private func photo(_ number: Int) -> String { "\(folder.path)/photos/\(number).jpg" }

    @Test func severalQuestionsAreAnsweredAtOnce() async throws {
        var filtered = PictureSearch(.image(id(1)))
        (filtered.filter, filtered.k) = (try Filter(parsing: "width = 32"), 2)
        let answers = try await store.search([
            filtered, PictureSearch(.bytes(picture(2))), PictureSearch(.file(photo(3))),
        ])
        #expect(answers.map(\.hits.count) == [2, 9, 9])
        #expect(answers[1].hits.first?.record.id == id(2))
        #expect(answers[2].hits.first?.record.id == id(3))
        await #expect(throws: EngineError.noPositiveExample) { try await store.search(PictureSearch([])) }
        let bad = PictureSearch(.bytes([1, 2, 3]))
        await #expect(throws: ExampleError.self) { try await store.search([filtered, bad]) }
        await #expect(throws: DecodeError.self) { try await store.search([1, 2, 3]) }
        await #expect(throws: SkipReason.notFound) { try await store.search(file: photo(77)) }
    }

    @Test func manySearchesAtOnceAreAnswered() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let answer = try await store.search(PictureSearch(.image(id(1 + number % 9))))
                    #expect(answer.hits.count == 8)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func picturesThatCostTooMuchAreRefused() async throws {
        let small = try await Store(
            creating: folder.path + "/small.sosia", embedder: GridEmbedder(),
            limits: DecodeLimits(maximumPixels: 1_000))
        await #expect(throws: DecodeError.tooLarge(width: 32, height: 32, maximumPixels: 1_000)) {
            try await small.search(picture(1))
        }
    }

    @Test func attributesAreDescribed() async throws {
        _ = try await store.update(id(1), attributes: ["shop": .string("A")])
        _ = try await store.update(id(2), attributes: ["shop": .string("B")])
        let summaries = try await store.attributes()
        #expect(summaries.map(\.name) == ["format", "height", "shop", "width"])
        #expect(summaries[2].values == [.string("A"), .string("B")])
    }

    /// What comes behind a picture that cannot be used is not looked at.
    @Test func theFirstFailureEndsTheOthers() async throws {
        let embedder = SlowEmbedder(waitsForCancellation: true)
        let store = try await Store(creating: folder.path + "/waiting.sosia", embedder: embedder)
        let valid = try (0..<60).map { _ in PictureExample(.bytes(try picture(1))) }
        let searches = [PictureSearch([PictureExample(.bytes([1, 2, 3]))])] + valid.map { PictureSearch([$0]) }
        await #expect(throws: ExampleError.self) { try await store.search(searches) }
        #expect(embedder.count < 60)
        // The one that is named is the first in order, also when a later one fails earlier.
        let slow = try await Store(creating: folder.path + "/slow.sosia", embedder: SlowEmbedder())
        let last = PictureSearch([valid[0], valid[1], PictureExample(.bytes([1, 2, 3]))])
        await #expect { try await slow.search(last) } throws: { ($0 as? ExampleError)?.position == 2 }
    }

    @Test func aSearchThatIsCancelledEnds() async throws {
        let embedder = SlowEmbedder(waitsForCancellation: true)
        let store = try await Store(creating: folder.path + "/slow.sosia", embedder: embedder)
        let bytes = try picture(1)
        let search = Task { try await store.search((0..<200).map { _ in PictureSearch(.bytes(bytes)) }) }
        while embedder.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
        search.cancel()
        await #expect(throws: CancellationError.self) { try await search.value }
        #expect(embedder.count < 200)
    }
}

/// Counts, and takes its time.
private final class SlowEmbedder: Embedder {
    private let embedder = GridEmbedder()
    private let seen = Atomic<Int>(0)
    private let waitsForCancellation: Bool
    var count: Int { seen.load(ordering: .relaxed) }

    init(waitsForCancellation: Bool = false) { self.waitsForCancellation = waitsForCancellation }

    var identity: ModelIdentity { embedder.identity }
    var input: InputGeometry { embedder.input }

    func embed(_ image: PixelImage) throws -> Embedding {
        seen.add(1, ordering: .relaxed)
        usleep(20_000)
        // So long only where nobody cancels.
        for _ in 0..<60_000 where waitsForCancellation && !Task.isCancelled { usleep(1_000) }
        return try embedder.embed(image)
    }
}
