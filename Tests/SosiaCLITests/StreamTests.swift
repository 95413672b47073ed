import Foundation
import Testing

/// Streams that are closed, full or odd.
@Suite(.enabled(if: Sosia.hasModel, "the network is not installed: run ./test.sh"))
struct StreamTests {
    let sosia: Sosia
    var photos: String { sosia.folder.path + "/photos" }

    init() throws {
        sosia = try Sosia()
        for number in 0..<3 { try sosia.folder.write(picture(number), to: "photos/\(number).jpg") }
        try #require(try sosia.run("add", photos).status == 0)
    }

    /// Hands the command's streams to the shell first.
    private func run(_ redirection: String, _ arguments: String...) throws -> Sosia.Result {
        let process = sosia.process(arguments, prefix: ["sh", "-c", "exec \"$0\" \"$@\" \(redirection)"])
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Sosia.Result(
            status: process.terminationReason == .exit ? process.terminationStatus : 128, output: "",
            errors: String(decoding: text, as: UTF8.self))
    }

    @Test(arguments: ["</", "<&-"]) func inputThatCannotBeReadIsAnError(_ redirection: String) throws {
        for verb in ["search", "add"] {
            let result = try run(redirection, verb, "-")
            #expect(result.status == 1)
            #expect(result.errors == "sosia: standard input cannot be read\n")
        }
    }

    #if os(Linux)
        @Test(arguments: [["search", "id:1"], ["search", "id:1", "--json"], ["status"], ["--help"]])
        func outputThatIsLostIsAnError(_ arguments: [String]) throws {
            for redirection in [">/dev/full", ">&-"] {
                let process = sosia.process(
                    arguments, prefix: ["sh", "-c", "exec \"$0\" \"$@\" \(redirection) 2>/dev/null"])
                try process.run()
                process.waitUntilExit()
                #expect(process.terminationReason == .exit && process.terminationStatus == 1)
            }
        }

        @Test func workGoesOnWithoutStandardError() throws {
            try sosia.folder.write(Array("no".utf8), to: "photos/bad.jpg")
            try sosia.folder.write(picture(4), to: "photos/4.jpg")
            #expect(try run("2>/dev/full", "add", photos).status == 3)
            #expect(try run("<&- 2>&-", "add", photos).status == 3)
            #expect(try sosia.run("verify").output == "4 pictures, nothing wrong\n")
        }
    #endif

    @Test func errorsNameThePictureAndTheFolder() throws {
        try sosia.folder.write(Array("no".utf8), to: "bad.jpg")
        let bad = sosia.folder.path + "/bad.jpg"
        #expect(try sosia.run("search", bad).errors == "sosia: \(bad): not a picture: it begins like text\n")
        #expect(try sosia.run("search", "-").errors == "sosia: standard input: the file is empty\n")
        #expect(
            try sosia.run("add", photos, "--store", bad + "/x").errors == "sosia: \(bad)/x: Not a directory\n")
        #expect(try sosia.run("status", "--store", "").status == 2)
    }

    @Test func aNameWithLineBreaksIsNamedOnOneLine() throws {
        try sosia.folder.write(picture(4), to: "photos/a\r\nb.jpg")
        let add = try sosia.run("add", photos)
        #expect(add.status == 3)
        #expect(add.errors.hasPrefix("skipped \(photos)/a\\r\\nb.jpg: the name has a line break"))
    }
}
