import Foundation
import TestSupport
import Testing

/// A short run of the attack; `scripts/attack/power.sh` runs the long one.
struct PowerCutTests {
    /// The program lies beside the test runner's bundle.
    private static let program: URL = {
        let arguments = CommandLine.arguments
        let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("PowerCut")
    }()

    @Test func noAnsweredCommitIsLost() throws {
        let folder = try TemporaryFolder()
        let output = URL(fileURLWithPath: try folder.write([], to: "output"))
        let process = Process()
        process.executableURL = Self.program
        process.arguments = [
            "--operations", "20", "--positions", "100", "--singles", "80", "--sets", "40", "--resumed", "6",
        ]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: output, encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.contains("20 operations"))
    }
}
