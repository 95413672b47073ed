import Dispatch
import Foundation
import SosiaCore
import Synchronization
import Testing

@testable import Embeddings

/// Networks so small that the right answer is known without running them.
@Suite(.enabled(if: Fixture.hasRuntime, "the OpenVINO runtime is absent: run scripts/setup/openvino.sh"))
struct NetworkEmbedderTests {
    func embedder(_ card: ModelCard, requests: Int = 1, cache: URL? = nil) throws -> NetworkEmbedder {
        try NetworkEmbedder(
            card: card, weights: Fixture.folder.appendingPathComponent(card.weights.file), precision: .f32,
            requests: requests, cacheDirectory: cache, runtime: Fixture.runtime)
    }

    @Test func normalisationIsByChannel() throws {
        let card = try Fixture.card(mean: [10, 20, 30], scale: [1, 2, 4])
        let image = try Fixture.plain(110, 120, 230)
        // The network doubles.
        #expect(try embedder(card).embed(image).values == [200, 100, 100])
    }

    @Test func meanAndScaleBelongToTheNetworksChannels() throws {
        let card = try Fixture.card(channels: .bgr, mean: [10, 20, 30], scale: [1, 2, 4])
        #expect(try embedder(card).embed(Fixture.plain(230, 120, 110)).values == [200, 100, 100])
    }

    @Test func everyPixelOfEveryShapeCounts() throws {
        for (width, height) in [(1, 1), (7, 5), (16, 16), (33, 2)] {
            let bytes = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }
            let image = try #require(PixelImage(width: width, height: height, bytes: bytes))
            let means = (0..<3).map { channel in
                stride(from: channel, to: bytes.count, by: 3).reduce(0.0) { $0 + Double(bytes[$1]) }
                    / Double(width * height)
            }
            for (output, pooling) in [("features", Pooling.average), ("embedding", .none)] {
                let card = try Fixture.card(width: width, height: height, output: output, pooling: pooling)
                let values = try embedder(card).embed(image).values
                for (value, mean) in zip(values, means) {
                    #expect(abs(Double(value) - 2 * mean) <= 1e-4 * max(1, mean), "\(width)x\(height) \(output)")
                }
            }
        }
    }

    @Test func interleavedInput() throws {
        let bytes = (0..<6 * 4 * 3).map { UInt8($0 * 3) }
        let image = try #require(PixelImage(width: 6, height: 4, bytes: bytes))
        for channels in ModelCard.Channels.allCases {
            let card = try Fixture.card("interleaved", width: 6, height: 4, layout: .nhwc, channels: channels)
            let means = (0..<3).map { channel in
                Float(stride(from: channel, to: bytes.count, by: 3).reduce(0) { $0 + Int(bytes[$1]) }) / 24
            }
            let expected = channels == .rgb ? means : means.reversed()
            #expect(try embedder(card).embed(image).values == expected)
        }
    }

    @Test func unitLengthIsAsTheCardSays() throws {
        let card = try Fixture.card(normalized: true)
        let values = try embedder(card).embed(Fixture.plain(30, 0, 40)).values
        #expect(zip(values, [0.6, 0, 0.8]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(try embedder(card).embed(Fixture.plain(0, 0, 0)).values == [0, 0, 0])
    }

    @Test func vectorsWithTrailingOnesAreVectors() throws {
        let card = try Fixture.card("fixed", output: "embedding", pooling: .none)
        #expect(try embedder(card).embed(Fixture.plain(1, 2, 3)).values == [1, 2, 3])
    }

    @Test func theOnlyOutputNeedsNoName() throws {
        try Fixture.withFolder { folder in
            let card = try Fixture.card("fixed", output: nil, pooling: .none)
            for _ in 0..<2 {
                #expect(try embedder(card, cache: folder).embed(Fixture.plain(1, 2, 3)).values == [1, 2, 3])
            }
        }
        #expect {
            try embedder(Fixture.card(output: nil))
        } throws: { error in
            guard case EmbeddingError.outputUnnamed(let present) = error else { return false }
            return present.count == 5
        }
    }

    @Test func pictureOfAnotherShapeIsRefused() throws {
        let embedder = try embedder(Fixture.card())
        let expected = EmbeddingError.pictureShape(gotWidth: 15, gotHeight: 17, expectedWidth: 16, expectedHeight: 16)
        #expect(throws: expected) { try embedder.embed(Fixture.plain(1, 2, 3, width: 15, height: 17)) }
    }

    @Test func fourThreadsOnTwoRequestsGiveTheSameVectors() throws {
        let embedder = try embedder(Fixture.card(normalized: true), requests: 2)
        let images = try (0..<40).map { try Fixture.plain(UInt8($0), 9, UInt8(200 - $0)) }
        let expected = try images.map { try embedder.embed($0) }
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            for (index, image) in images.enumerated() {
                let got = try? embedder.embed(image)
                if got != expected[index] { wrong.withLock { $0 += 1 } }
            }
        }
        #expect(wrong.withLock { $0 } == 0)
    }

    @Test func keptNetworkIsTheSameAndADamagedOneIsNotUsed() throws {
        try Fixture.withFolder { folder in
            let cache = folder.appendingPathComponent("new/networks")
            let card = try Fixture.card()
            let image = try Fixture.plain(3, 5, 7)
            func kept() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: cache.path) }
            for _ in 0..<2 {
                #expect(try embedder(card, cache: cache).embed(image).values == [6, 10, 14])
            }
            let name = try #require(try kept().first)
            #expect(try kept().count == 1)
            let file = cache.appendingPathComponent(name)
            let good = try Data(contentsOf: file)
            var damaged: [Data] = [Data(), good.prefix(63), good.prefix(64), good.prefix(good.count - 1), good + [0]]
            for position in [0, 8, 16, 24, 63, 64, good.count / 2, good.count - 1] {
                var data = good
                data[position] ^= 0x40
                damaged.append(data)
            }
            for data in damaged {
                try data.write(to: file)
                #expect(try embedder(card, requests: 2, cache: cache).embed(image).values == [6, 10, 14])
                #expect(try Data(contentsOf: file) != data, "it was not replaced")
            }
            // Another shape is another network; the older file of the same model goes.
            let narrow = try embedder(Fixture.card(width: 8), cache: cache)
            #expect(try narrow.embed(Fixture.plain(1, 1, 1, width: 8)).values == [2, 2, 2])
            #expect(try kept().count == 1)
        }
    }

    @Test func unwritableCacheIsNoObstacle() throws {
        let nowhere = URL(fileURLWithPath: "/proc/nowhere")
        #expect(try embedder(Fixture.card(), cache: nowhere).embed(Fixture.plain(1, 2, 3)).values == [2, 4, 6])
    }

    @Test func requestsHaveLimits() throws {
        for count in [0, -1, 257, Int.max] {
            #expect(throws: EmbeddingError.requestsOutOfRange(got: count, expected: 1...256)) {
                try embedder(Fixture.card(), requests: count)
            }
        }
    }

    @Test func precisionFollowsTheProcessor() throws {
        let runtime = try #require(Fixture.runtime)
        let hasBF16 = runtime.capabilities.contains("BF16")
        #expect(try runtime.precision(nil) == (hasBF16 ? .bf16 : .f32))
        #expect(try runtime.precision(.f32) == .f32)
        if !hasBF16 {
            #expect(throws: EmbeddingError.precisionUnavailable(.bf16, processor: runtime.processor)) {
                try runtime.precision(.bf16)
            }
        }
    }
}

@Suite struct RuntimeSearchTests {
    @Test func absentRuntimeSaysWhatToRun() throws {
        try Fixture.withFolder { folder in
            let expected = EmbeddingError.runtimeMissing(searched: [folder.path])
            #expect(throws: expected) {
                try OpenVINORuntime.standard(environment: ["SOSIA_OPENVINO": folder.path])
            }
            #expect(expected.description.contains("scripts/setup/openvino.sh"))
        }
    }

    @Test func fileThatIsNoLibraryIsRefused() throws {
        try Fixture.withFolder { folder in
            try Data("text".utf8).write(to: folder.appendingPathComponent("libopenvino_c.so.1"))
            #expect {
                try OpenVINORuntime.standard(environment: ["SOSIA_OPENVINO": folder.path])
            } throws: { error in
                if case EmbeddingError.runtimeUnusable = error { true } else { false }
            }
        }
    }
}
