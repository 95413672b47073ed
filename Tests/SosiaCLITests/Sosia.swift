import Foundation
import Testing

/// The built command, run as a user runs it.
struct Sosia {
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        var lines: [Substring] { output.split(separator: "\n") }

        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The command lies beside the test runner's bundle.
    static let binary: URL = {
        let arguments = CommandLine.arguments
        let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("sosia")
    }()

    /// Whether the network is installed; most of what the command does needs it.
    static let hasModel = FileManager.default.fileExists(
        atPath: root.appendingPathComponent(".deps/models/efficientnet-lite0.onnx").path)
    static let photos = root.deletingLastPathComponent().appendingPathComponent("shared/data/photos").path
    static let hasPhotos = FileManager.default.fileExists(atPath: photos + "/labels.csv")

    let folder: Folder
    var store: String { folder.path + "/a.sosia" }

    init() throws {
        folder = try Folder()
    }

    func process(_ arguments: [String], prefix: [String] = [], environment: [String: String] = [:]) -> Process {
        let process = Process()
        let command = prefix + [Self.binary.path] + arguments
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = Self.root
        var all = ProcessInfo.processInfo.environment
        all["SOSIA_STORE"] = store
        all["COLUMNS"] = "80"
        process.environment = all.merging(environment) { _, new in new }
        return process
    }

    /// Adds a network of a few numbers, in a data folder of its own.
    /// - Returns: the environment in which it is found.
    func addTinyModel() throws -> [String: String] {
        let card = """
            {"name": "tiny", "licence": "none", "source": "make_fixtures.py", "metric": "l2", "normalized": false,
             "weights": {"file": "tiny.onnx",
                         "sha256": "f560018c953b7aabeca0caef5ca8d72d35598fdc901a5839b559a7808fa0eb58"},
             "input": {"width": 16, "height": 16, "rule": "stretch"},
             "normalisation": {"mean": [0, 0, 0], "scale": [1, 1, 1]},
             "tensors": {"input": "input", "output": "features"}, "dimension": 3, "pooling": "average"}
            """
        try folder.write(Array(card.utf8), to: "tiny.json")
        let environment = ["XDG_DATA_HOME": folder.path + "/data", "XDG_CACHE_HOME": folder.path + "/cache"]
        let weights = Self.root.appendingPathComponent("Tests/EmbeddingsTests/Fixtures/tiny.onnx").path
        let add = try run("model", "add", weights, "--card", folder.path + "/tiny.json", environment: environment)
        try #require(add.status == 0, "\(add.errors)")
        return environment
    }

    @discardableResult
    func run(
        _ arguments: String..., input: Data? = nil, prefix: [String] = [], environment: [String: String] = [:]
    ) throws -> Result {
        try run(arguments, input: input, prefix: prefix, environment: environment)
    }

    @discardableResult
    func run(
        _ arguments: [String], input: Data? = nil, prefix: [String] = [], environment: [String: String] = [:]
    ) throws -> Result {
        let process = process(arguments, prefix: prefix, environment: environment)
        // Files instead of pipes: nothing can block, whatever is written.
        let output = folder.path + "/stdout-\(UUID().uuidString)"
        let errors = folder.path + "/stderr-\(UUID().uuidString)"
        let source = folder.path + "/stdin-\(UUID().uuidString)"
        for (path, data) in [(output, Data()), (errors, Data()), (source, input ?? Data())] {
            try data.write(to: URL(fileURLWithPath: path))
        }
        process.standardInput = FileHandle(forReadingAtPath: source)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : 128,
            output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self))
    }
}

/// A folder that is there for the length of one test.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/sosia-cli-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}
