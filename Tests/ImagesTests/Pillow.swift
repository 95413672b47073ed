import Foundation
import SosiaCore

/// The Python interpreter with Pillow and NumPy that stands for "what others see in a picture".
enum Pillow {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let package = tests.deletingLastPathComponent().deletingLastPathComponent()
    private static let script = tests.appending(path: "Reference/reference.py")

    /// `SOSIA_PYTHON`, else the set-up's own; nil, with a printed reason, when neither has Pillow.
    static let python: URL? = {
        let named = ProcessInfo.processInfo.environment["SOSIA_PYTHON"]
        let path = named.map { URL(filePath: $0) } ?? package.appending(path: ".deps/python/bin/python3")
        guard FileManager.default.isExecutableFile(atPath: path.path),
            (try? run(path, ["-c", "import numpy, PIL"], input: Data())) != nil
        else {
            print("skipped: comparison with Pillow: no Python with numpy and pillow (set SOSIA_PYTHON or run test.sh)")
            return nil
        }
        return path
    }()

    struct Failure: Error {
        let status: Int32
    }

    struct Job: Encodable {
        let path: String
        let width: Int
        let height: Int
        let rule: String
        let shortSide: Int?
        let fill: UInt8?

        init(path: String, geometry: InputGeometry) {
            self.path = path
            width = geometry.width
            height = geometry.height
            switch geometry.rule {
            case .stretch: (rule, shortSide, fill) = ("stretch", nil, nil)
            case .centerCrop(let side): (rule, shortSide, fill) = ("centerCrop", side, nil)
            case .letterbox(let grey): (rule, shortSide, fill) = ("letterbox", nil, grey)
            }
        }
    }

    private struct Request: Encodable {
        let pixels: String
        let jobs: [Job]
    }

    enum Answer: Decodable {
        case difference(Double)
        case unreadable(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Double.self) {
                self = .difference(value)
            } else {
                self = .unreadable(try container.decode(String.self))
            }
        }
    }

    /// Mean absolute difference in levels between Pillow's pixels and ours, for each job.
    static func compare(_ jobs: [Job], pixels: [PixelImage]) throws -> [Answer] {
        guard let python else { return [] }
        let file = FileManager.default.temporaryDirectory.appending(path: "pixels-\(UUID().uuidString).bin")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(pixels.flatMap(\.bytes)).write(to: file)
        let request = try JSONEncoder().encode(Request(pixels: file.path, jobs: jobs))
        let output = try run(python, ["-W", "ignore", script.path, "compare"], input: request)
        return try JSONDecoder().decode([Answer].self, from: output)
    }

    /// Writes the generated files into a folder.
    static func makeOddFiles(in folder: URL) throws {
        guard let python else { return }
        let skipped = try run(python, ["-W", "ignore", script.path, "make", folder.path], input: Data())
        for reason in try JSONDecoder().decode([String].self, from: skipped) {
            print("skipped: \(reason)")
        }
    }

    private static func run(_ program: URL, _ arguments: [String], input: Data) throws -> Data {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let stdin = Pipe()
        let stdout = Pipe()
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return output
    }
}
