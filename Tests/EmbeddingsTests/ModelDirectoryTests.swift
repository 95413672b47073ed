import Foundation
import SosiaCore
import Testing

@testable import Embeddings

@Suite struct ModelDirectoryTests {
    func write(_ card: ModelCard, to folder: URL, as name: String? = nil) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try card.json().write(to: folder.appendingPathComponent((name ?? card.name) + ".json"))
    }

    @Test func earlierFoldersWinAndBadCardsAreNamed() throws {
        try Fixture.withFolder { folder in
            let (first, second) = (folder.appendingPathComponent("1"), folder.appendingPathComponent("2"))
            try write(Fixture.card(name: "both", dimension: 3), to: first, as: "other-file-name")
            try write(Fixture.card(name: "both", dimension: 4), to: second)
            try write(Fixture.card(name: "alone"), to: second)
            try Data("{}".utf8).write(to: second.appendingPathComponent("bad.json"))
            let directory = ModelDirectory(searchPath: [folder.appendingPathComponent("absent"), first, second])
            let listing = directory.list()
            #expect(listing.models.map(\.card.name) == ["alone", "both"])
            #expect(listing.models.map(\.card.dimension) == [3, 3])
            #expect(listing.problems.map(\.file.lastPathComponent) == ["bad.json"])
            #expect(try directory.model(named: "alone").weights.lastPathComponent == "tiny.onnx")
            let unknown = EmbeddingError.modelUnknown(
                name: "../bad", known: ["alone", "both"], searched: directory.searchPath.map(\.path))
            #expect(throws: unknown) { try directory.model(named: "../bad") }
            #expect("\(unknown)".contains("SOSIA_MODELS") && "\(unknown)".contains(first.path))
            #expect(throws: EmbeddingError.card(.malformed(reason: "field \"name\" is missing"))) {
                try directory.model(named: "bad")
            }
        }
    }

    @Test func standardFolders() {
        let directory = ModelDirectory.standard(
            environment: ["SOSIA_MODELS": "/m", "XDG_DATA_HOME": "/d", "HOME": "/h"],
            executable: URL(fileURLWithPath: "/a/b/sosia"))
        #expect(
            directory.searchPath.prefix(5).map(\.path)
                == ["/m", "/d/sosia/models", "/a/b/.deps/models", "/a/.deps/models", "/.deps/models"])
        // A relative XDG folder is ignored, as the specification says.
        let relative = ModelDirectory.standard(environment: ["XDG_DATA_HOME": "d", "HOME": "/h"], executable: nil)
        #expect(relative.additions?.path == "/h/.local/share/sosia/models")
        #expect(ModelDirectory.standardNetworkCache(environment: ["HOME": "/h"]).path == "/h/.cache/sosia/networks")
        let home = NSHomeDirectory()
        #expect(ModelDirectory.standardNetworkCache(environment: [:]).path == home + "/.cache/sosia/networks")
    }
}

/// `sosia model add`: every fact that can be wrong is named.
@Suite(.enabled(if: Fixture.hasRuntime, "the OpenVINO runtime is absent: run scripts/setup/openvino.sh"))
struct ModelAddingTests {
    func add(_ card: ModelCard, network: String = "tiny", to folder: URL) throws -> InstalledModel {
        let file = folder.appendingPathComponent("card.json")
        try card.json().write(to: file)
        return try ModelDirectory(searchPath: [folder.appendingPathComponent("models")])
            .add(card: file, weights: Fixture.weights(network), runtime: Fixture.runtime)
    }

    @Test func addedModelIsFoundAndAddingAgainChangesNothing() throws {
        try Fixture.withFolder { folder in
            let card = try Fixture.card()
            let added = try add(card, to: folder)
            #expect(try add(card, to: folder) == added)
            let directory = ModelDirectory(searchPath: [folder.appendingPathComponent("models")])
            #expect(try directory.model(named: "tiny") == added)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("models").path)
                    .sorted() == ["tiny.json", "tiny.onnx"])
            let absent = Fixture.weights("absent")
            #expect(throws: EmbeddingError.weightsMissing(path: absent.path)) {
                try directory.add(card: folder.appendingPathComponent("card.json"), weights: absent)
            }
            #expect(throws: EmbeddingError.modelExists(name: "tiny")) {
                try add(Fixture.card(mean: [1, 1, 1]), to: folder)
            }
        }
    }

    @Test func eachWrongFactIsNamed() throws {
        let zeros = String(repeating: "0", count: 64)
        let sha = try FileBytes.sha256(of: Fixture.weights("tiny"))
        let wrong: [(ModelCard, EmbeddingError)] = try [
            (Fixture.card(sha256: zeros), .digestMismatch(file: "tiny.onnx", got: sha, expected: zeros)),
            (Fixture.card(input: "image"), .inputMissing(name: "image", present: ["input"])),
            (
                Fixture.card(layout: .nhwc),
                .inputShape(name: "input", got: [-1, 3, -1, -1], expected: [1, 16, 16, 3])
            ),
            (Fixture.card(dimension: 4), .dimensionMismatch(got: 3, expected: 4)),
            (
                Fixture.card(pooling: .none),
                .outputShape(name: "features", got: [1, 3, 16, 16], expected: "[1, 3] (pooling none)")
            ),
            (
                Fixture.card(output: "embedding"),
                .outputShape(name: "embedding", got: [1, 3], expected: "[1, 3, height, width] (pooling average)")
            ),
            (Fixture.card(output: "size", pooling: .none), .elementType(tensor: "size")),
            (Fixture.card(output: "broken", pooling: .none), .notFinite(position: 0)),
        ]
        try Fixture.withFolder { folder in
            for (card, error) in wrong {
                #expect(throws: error) { try add(card, to: folder) }
            }
            #expect {
                try add(Fixture.card(output: "pixels"), to: folder)
            } throws: { error in
                guard case EmbeddingError.outputMissing("pixels", let present) = error else { return false }
                return Set(present).isSuperset(of: ["features", "embedding", "flat", "size", "broken"])
            }
            #expect(
                throws: EmbeddingError.inputShape(name: "input", got: [1, 3, 16, 16], expected: [1, 3, 16, 20])
            ) {
                try add(
                    Fixture.card("fixed", width: 20, output: "embedding", pooling: .none), network: "fixed", to: folder)
            }
            #expect(throws: EmbeddingError.inputCount(got: ["input", "other"], expected: "input")) {
                try add(Fixture.card("two-inputs"), network: "two-inputs", to: folder)
            }
            #expect(throws: EmbeddingError.elementType(tensor: "input")) {
                try add(Fixture.card("bytes"), network: "bytes", to: folder)
            }
            #expect(throws: EmbeddingError.weightsMissing(path: Fixture.weights("absent").path)) {
                try add(Fixture.card(), network: "absent", to: folder)
            }
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("models").path))
        }
    }

    @Test func fileThatIsNoNetworkIsRefused() throws {
        try Fixture.withFolder { folder in
            for data in [Data(), Data("text".utf8), try Data(contentsOf: Fixture.weights("tiny")).prefix(200)] {
                let weights = folder.appendingPathComponent("bad.onnx")
                try data.write(to: weights)
                let sha = try FileBytes.sha256(of: weights)
                let card = folder.appendingPathComponent("card.json")
                try Fixture.card("bad", sha256: sha).json().write(to: card)
                #expect(throws: EmbeddingError.self) {
                    try ModelDirectory(searchPath: [folder.appendingPathComponent("models")])
                        .add(card: card, weights: weights, runtime: Fixture.runtime)
                }
            }
        }
    }
}
