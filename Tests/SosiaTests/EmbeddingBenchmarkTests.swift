import TestSupport
import Testing

@testable import Sosia

struct EmbeddingBenchmarkTests {
    @Test func measuresAtMostSoManyPicturesEvenlyChosen() {
        let most = EmbeddingBenchmark.maximumPictures
        for count in [0, 1, most - 1, most, most + 1, 2 * most, 10_000] {
            let chosen = EmbeddingBenchmark.chosen((0..<count).map(String.init)).compactMap(Int.init)
            #expect(chosen.count == min(count, most))
            let steps = Set(zip(chosen, chosen.dropFirst()).map { $1 - $0 })
            #expect(steps.count <= 2 && (steps.max() ?? 1) - (steps.min() ?? 1) <= 1)
            #expect(chosen.first ?? 0 == 0)
        }
    }

    @Test func countsWhatItFoundAndWhatItMeasured() async throws {
        let folder = try TemporaryFolder()
        for number in 0..<3 { try folder.write(picture(number), to: "photos/\(number).jpg") }
        try folder.write([1], to: "photos/bad.jpg")
        let result = try await EmbeddingBenchmark(embedder: GridEmbedder()).run(
            [folder.path + "/photos"], jobs: 1, rounds: 1)
        #expect(result.found == 4)
        #expect(result.pictures == 3)
        #expect(result.skipped.count == 1)
    }
}
