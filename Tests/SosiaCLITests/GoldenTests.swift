import Foundation
import Testing

/// Texts that people and programs rely on, held against files. A file that is missing is written, and the test fails
/// all the same; `SOSIA_RECORD=1` writes all of them.
enum Golden {
    static func check(_ text: String, _ name: String) throws {
        let file = Sosia.root.appendingPathComponent("Tests/SosiaCLITests/Golden/" + name)
        let isRecording = ProcessInfo.processInfo.environment["SOSIA_RECORD"] == "1"
        guard let expected = try? String(contentsOf: file, encoding: .utf8), !isRecording else {
            try text.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("\(name) was written; look at it and run again")
            return
        }
        #expect(text == expected, "\(name) differs")
    }
}

struct GoldenTests {
    static let verbs = [
        [], ["add"], ["search"], ["show"], ["remove"], ["status"], ["verify"], ["compact"], ["model"],
        ["model", "list"], ["model", "show"], ["model", "add"], ["bench"], ["bench", "embed"], ["serve"], ["key"],
        ["key", "add"], ["key", "list"],
        ["key", "remove"], ["mosaic"], ["report"], ["tiny"], ["tiny", "make"], ["tiny", "show"], ["tiny", "search"],
        ["tiny", "run"],
    ]

    @Test(arguments: verbs) func help(_ verb: [String]) throws {
        let sosia = try Sosia()
        let process = sosia.process(verb + ["--help"])
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        // The default number of jobs is the machine's.
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try Golden.check(
            text.replacing("(default: \(cores))", with: "(default: CORES)"),
            "help-" + (verb.isEmpty ? "sosia" : verb.joined(separator: "-")) + ".txt")
    }

    /// Every verb's JSON with the numbers that differ between runs taken out: the shape is the contract.
    @Test(.enabled(if: Sosia.hasModel, "the network is not installed: run ./test.sh")) func json() throws {
        let sosia = try Sosia()
        for number in 0..<3 { try sosia.folder.write(picture(number), to: "photos/\(number).jpg") }
        try sosia.folder.write(Array("no".utf8), to: "photos/bad.jpg")
        var text = ""
        func record(_ arguments: String...) throws {
            let process = sosia.process(arguments + ["--json"])
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            var output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            output = output.replacing(sosia.folder.path, with: "FOLDER")
            output = output.replacing(/"(decode|embed|search|total|took_ms)":[0-9.eE+-]+/) { "\"\($0.output.1)\":0" }
            output = output.replacing(/"distance":[0-9.eE+-]+/) { _ in "\"distance\":0" }
            output = output.replacing(/"(catalog|vectors|bytes_before|bytes_after)":[0-9]+/) { "\"\($0.output.1)\":0" }
            text +=
                "$ sosia \(arguments.joined(separator: " ")) --json -> \(process.terminationStatus)\n"
                .replacing(sosia.folder.path, with: "FOLDER") + output
        }
        try record("add", sosia.folder.path + "/photos", "--set", "shop=A", "--set", "price=2.5", "--precision", "f32")
        try record("search", sosia.folder.path + "/photos/1.jpg", "-k", "1")
        try record("search", "id:3", "-k", "1", "--exact")
        try record("show", "2")
        try record("remove", "2")
        try record("status")
        try record("verify")
        try record("compact")
        try record("model", "show", "efficientnet-lite0")
        try Golden.check(text, "json.txt")
    }
}
