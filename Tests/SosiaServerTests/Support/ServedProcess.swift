import Foundation
import Testing

/// The built command, serving a collection in a folder of its own with a network of a few numbers.
final class ServedProcess: Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The command lies beside the test runner's bundle.
    static let binary: URL = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("sosia")
    }()

    /// Whether the command and the inference runtime are there.
    static let isAvailable =
        FileManager.default.fileExists(atPath: binary.path)
        && FileManager.default.fileExists(atPath: root.appendingPathComponent(".deps/openvino").path)

    private let process: Process
    let port: Int

    /// Starts the server and waits until it says that it is ready.
    /// - Parameter limit: a command of the shell that comes before, such as `ulimit -n 256`.
    init(folder: String, arguments: [String] = [], limit: String? = nil) throws {
        process = Process()
        process.currentDirectoryURL = Self.root
        let command = ["serve", "--store", folder + "/photos.sosia", "--port", "0"] + arguments
        if let limit {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", limit + #"; exec "$0" "$@""#, Self.binary.path] + command
        } else {
            process.executableURL = Self.binary
            process.arguments = command
        }
        process.environment = try Self.environment(folder)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        while !line.hasSuffix("\n"), case let part = output.fileHandleForReading.availableData, !part.isEmpty {
            line += String(decoding: part, as: UTF8.self)
        }
        port = try #require(URL(string: String(line.dropLast().split(separator: "\t").last ?? ""))?.port)
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    var id: Int32 { process.processIdentifier }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// - Returns: the exit code, or 128 and the signal.
    func waitUntilExit() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Makes the network known in a data folder of its own.
    private static func environment(_ folder: String) throws -> [String: String] {
        let models = folder + "/models"
        let environment = ProcessInfo.processInfo.environment.merging(
            ["SOSIA_MODELS": models, "XDG_CACHE_HOME": folder + "/cache"]) { $1 }
        if FileManager.default.fileExists(atPath: models) { return environment }
        try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
        let card = """
            {"name": "efficientnet-lite0", "licence": "none", "source": "make_fixtures.py", "metric": "l2",
             "normalized": false,
             "weights": {"file": "tiny.onnx",
                         "sha256": "f560018c953b7aabeca0caef5ca8d72d35598fdc901a5839b559a7808fa0eb58"},
             "input": {"width": 16, "height": 16, "rule": "stretch"},
             "normalisation": {"mean": [0, 0, 0], "scale": [1, 1, 1]},
             "tensors": {"input": "input", "output": "features"}, "dimension": 3, "pooling": "average"}
            """
        try Data(card.utf8).write(to: URL(fileURLWithPath: models + "/efficientnet-lite0.json"))
        try FileManager.default.copyItem(
            atPath: root.appendingPathComponent("Tests/EmbeddingsTests/Fixtures/tiny.onnx").path,
            toPath: models + "/tiny.onnx")
        return environment
    }
}
