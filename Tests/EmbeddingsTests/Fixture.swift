import Foundation
import SosiaCore

@testable import Embeddings

/// Paths and material of these tests.
enum Fixture {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    static let defaultCard = root.appendingPathComponent("Models/efficientnet-lite0.json")

    static let runtime = try? OpenVINORuntime.standard()
    static let hasRuntime = runtime != nil
    static let defaultModel = try? ModelDirectory.standard().model(named: "efficientnet-lite0")
    static let hasDefaultModel = defaultModel.map { FileManager.default.fileExists(atPath: $0.weights.path) } ?? false

    /// A Python that has ONNX Runtime.
    static let python: URL? = {
        let named = ProcessInfo.processInfo.environment["SOSIA_PYTHON"].map { URL(fileURLWithPath: $0) }
        let all =
            [named].compactMap { $0 }
            + DependencyFolder.candidates("python", executable: nil).map { $0.appendingPathComponent("bin/python") }
        return all.first { (try? run($0, ["-c", "import onnxruntime"])) != nil }
    }()

    struct ProcessFailed: Error {}

    static func run(_ program: URL, _ arguments: [String]) throws -> Data {
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ProcessFailed() }
        return data
    }

    static func weights(_ name: String) -> URL { folder.appendingPathComponent(name + ".onnx") }

    /// A card of one of the tiny networks, right unless an argument makes it wrong.
    static func card(
        _ network: String = "tiny", name: String = "tiny", width: Int = 16, height: Int = 16,
        sha256: String? = nil, layout: ModelCard.Layout = .nchw, channels: ModelCard.Channels = .rgb,
        mean: [Float] = [0, 0, 0], scale: [Float] = [1, 1, 1], input: String = "input", output: String? = "features",
        dimension: Int = 3, pooling: Pooling = .average, normalized: Bool = false
    ) throws -> ModelCard {
        try ModelCard(
            name: name,
            weights: .init(file: network + ".onnx", sha256: sha256 ?? FileBytes.sha256(of: weights(network))),
            input: InputGeometry(width: width, height: height, rule: .stretch),
            normalisation: PixelNormalisation(mean: mean, scale: scale), layout: layout, channels: channels,
            inputTensor: input,
            descriptor: Descriptor(pooling: pooling, output: output, normalized: normalized), dimension: dimension,
            metric: .l2, licence: "none", source: "make_fixtures.py")
    }

    /// One colour everywhere.
    static func plain(_ red: UInt8, _ green: UInt8, _ blue: UInt8, width: Int = 16, height: Int = 16) throws
        -> PixelImage
    {
        let bytes = (0..<width * height).flatMap { _ in [red, green, blue] }
        guard let image = PixelImage(width: width, height: height, bytes: bytes) else { throw ProcessFailed() }
        return image
    }

    /// A new folder, removed when `body` ends.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sosia-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
