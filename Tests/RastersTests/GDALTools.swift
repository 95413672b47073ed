import Foundation
import Testing

/// The library's own command line, which makes test files and says what others read in them.
enum GDALTools {
    static let isInstalled = ["gdal_translate", "gdaltransform", "gdallocationinfo"].allSatisfy { path(of: $0) != nil }
    static let absence: Comment = "gdal-bin is not installed (test.sh installs it)"

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What the tool prints.
    @discardableResult
    static func run(_ tool: String, _ arguments: [String], input: String = "") throws -> String {
        guard let path = path(of: tool) else { throw Failure(description: "\(tool) is not installed") }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(tool) \(arguments): \(process.terminationStatus)")
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func path(of tool: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(tool)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
