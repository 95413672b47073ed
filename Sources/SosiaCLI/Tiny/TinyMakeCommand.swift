import ArgumentParser
import Sosia
import TinyImages

struct TinyMakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Make a file of tiny images from pictures.",
        discussion: """
            Pictures are stretched to 32 x 32 pixels and written in the order of their names. The names are kept \
            beside the file, in OUT.bin.names: one JSON string to a line, line N for position N - 1.
            """)

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("A folder and all below it, or a tar archive, plain or compressed.", valueName: "path"))
    var origin: String

    @Argument(help: ArgumentHelp("The file to write.", valueName: "out.bin"))
    var output: String

    @OptionGroup var threads: ThreadOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    private struct Output: Encodable {
        let count: Int
        let skipped: [AddOutput.Skipped]
        let file: String
    }

    private func source() throws -> any PictureSource {
        try FolderPictures(below: origin) ?? ArchivePictures(origin)
    }

    func run() async throws {
        let line = ProgressLine()
        defer { line.clear() }
        let report = try TinyImageMaker(threads: threads.threads).make(from: source(), to: output) {
            line.show("scaling", done: $0, total: 0)
        }
        line.clear()
        for file in report.skipped { Console.error("skipped \(Console.oneLine(file.name)): \(file.reason)") }
        if json {
            let skipped = report.skipped.map { AddOutput.Skipped(path: $0.name, reason: $0.reason) }
            try Console.json(Output(count: report.count, skipped: skipped, file: output))
        } else {
            let skipped = report.skipped.isEmpty ? "" : ", \(report.skipped.count) skipped"
            Console.print("\(report.count) tiny images\(skipped)")
        }
        if !report.skipped.isEmpty { throw ExitStatus.skippedFiles }
    }
}
