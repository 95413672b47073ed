import Dispatch
import Foundation
import SosiaCore
import Synchronization
import Testing

@testable import Embeddings

/// The default network on the real runtime, against ONNX Runtime.
@Suite(
    .enabled(
        if: Fixture.hasRuntime && Fixture.hasDefaultModel,
        "runtime or weights are absent: run scripts/setup/openvino.sh and scripts/setup/weights.sh"))
struct DefaultModelTests {
    @Test(.enabled(if: Fixture.python != nil, "no Python with onnxruntime: run scripts/setup/python.sh --tests"))
    func sameVectorAsONNXRuntime() throws {
        let model = try #require(Fixture.defaultModel)
        let python = try #require(Fixture.python)
        let script = Fixture.folder.appendingPathComponent("reference_embedding.py").path
        let side = model.card.input.width
        let output = try Fixture.run(python, [script, model.weights.path, "\(side)"])
        let expected = try JSONDecoder().decode([Float].self, from: output)
        let values = try model.card.verify(weights: model.weights, runtime: Fixture.runtime).values
        #expect(values.count == 1280 && expected.count == 1280)
        let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? 1
        #expect(worst <= 1e-4)
    }

    /// To the last bit the mean of the network's maps, added up in double precision in their order.
    @Test func averageIsThatOfTheMaps() throws {
        let model = try #require(Fixture.defaultModel)
        let (card, runtime) = (model.card, try #require(Fixture.runtime))
        let picture = try #require(ModelCard.testPicture(width: card.input.width, height: card.input.height))
        let network = try CompiledNetworkCache(directory: nil).network(
            card: card, weights: model.weights, runtime: runtime, settings: .init(precision: .f32, requests: 1))
        var expected = try NetworkRequest(network: network, card: card).run(picture) { maps, shape in
            let positions = shape[2] * shape[3]
            return (0..<shape[1]).map { channel in
                var sum = 0.0
                for position in 0..<positions { sum += Double(maps[channel * positions + position]) }
                return Float(sum / Double(positions))
            }
        }
        expected.scaleToUnitLength()
        let values = try card.verify(weights: model.weights, runtime: runtime).values
        #expect(values.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    @Test func threadsAndTheKeptNetworkGiveTheSameVector() throws {
        let model = try #require(Fixture.defaultModel)
        let side = model.card.input.width
        let picture = try #require(ModelCard.testPicture(width: side, height: side))
        let alone = try model.card.verify(weights: model.weights, runtime: Fixture.runtime)
        try Fixture.withFolder { folder in
            for _ in 0..<2 {
                let embedder = try NetworkEmbedder(
                    card: model.card, weights: model.weights, precision: .f32, requests: 2, cacheDirectory: folder,
                    runtime: Fixture.runtime)
                let vectors = Mutex<[Embedding?]>([])
                DispatchQueue.concurrentPerform(iterations: 4) { _ in
                    let vector = try? embedder.embed(picture)
                    vectors.withLock { $0.append(vector) }
                }
                #expect(vectors.withLock { $0 } == Array(repeating: alone, count: 4))
            }
        }
    }
}
