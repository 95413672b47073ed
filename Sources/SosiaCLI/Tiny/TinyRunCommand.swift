import ArgumentParser
import Foundation
import Reports
import Sosia
import TinyImages

struct TinyRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Find the nearest tiny images of each picture in a folder, and report them.",
        discussion: """
            Writes images_small/ (the pictures as 32 x 32 pixels), scores/ (lines of distance and position), \
            summary_images/ (each picture with its nearest tiny images), summary.pdf and summary.html. All pictures \
            share one pass over the file. A second run searches only for pictures that are new or have changed. \
            With --store, the summaries also show the neighbours by deep embedding, from a collection to which the \
            file was added (sosia add --tiny): both see the same 32 x 32 pixels.
            """)

    @OptionGroup var file: TinyFileOptions

    @Option(help: ArgumentHelp("The folder of pictures.", valueName: "folder"))
    var images: String

    @Option(help: ArgumentHelp("The folder for the results; it is created if it does not exist.", valueName: "folder"))
    var out: String

    @Option(name: .customShort("n"), help: "How many tiny images to find for each picture.")
    var count: Int = TinySearchOptions.k.standard

    @Option(help: "How many of them to show.")
    var top: Int = TinyRun.top.standard

    @Option(
        name: .customLong("store"),
        help: ArgumentHelp(
            "A collection that holds the file; its neighbours are shown as well.", valueName: "collection"))
    var collection: String?

    @OptionGroup var machine: MachineOptions

    @OptionGroup var threads: ThreadOptions

    @Flag(help: "Say in the reports how long the search took; they then differ from run to run.")
    var timings = false

    func validate() throws {
        if collection == "" { throw ValidationError("--store names no folder.") }
        try (TinySearchOptions.k.minimum...TinySearchOptions.k.maximum).check(count, "-n")
        try (TinyRun.top.minimum...TinyRun.top.maximum).check(top, "--top")
    }

    func run() async throws {
        let database = try file.open()
        // What is wrong with the collection is said before the file is read.
        var deep: DeepNeighbors?
        if let collection {
            deep = try await DeepNeighbors(in: collection, on: machine.name, of: database)
        }
        let line = ProgressLine()
        defer { line.clear() }
        var options = TinySearchOptions()
        (options.k, options.threads) = (count, threads.threads)
        let run = TinyRun(database: database, out: out, options: options, top: top, isTimed: timings, deep: deep)
        let report = try await run.run(pictures: images) {
            line.show("searching", done: $0.done, total: $0.total, unit: .bytes)
        }
        line.clear()
        for (name, reason) in report.skipped { Console.error("skipped \(Console.oneLine(name)): \(reason)") }
        Console.print("\(report.searched) searched, \(report.kept) kept from before: \(Console.printable(out))")
        if !report.skipped.isEmpty { throw ExitStatus.skippedFiles }
    }
}
