import ArgumentParser
import Foundation
import Sosia
import SosiaCore

struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add pictures: files, folders and all below them, or - for paths on stdin.")

    @Argument(help: ArgumentHelp("Files and folders; - reads paths from standard input.", valueName: "path"))
    var paths: [String] = []

    @OptionGroup var tiles: TileArguments

    @OptionGroup var store: StoreOptions

    @OptionGroup var memory: MemoryOptions

    @Option(help: "The network for a new collection (see `sosia model list`).")
    var model: String?

    @Option(help: "The arithmetic for a new collection: auto, f32 or bf16.")
    var precision: PrecisionArgument = .auto

    @Option(help: "Pictures to process at once; by default one for each core.")
    var jobs: Int = IngestOptions.defaultJobs

    @Option(
        help: ArgumentHelp(
            "Read attributes from a table (CSV, RFC 4180) whose first column is path.", valueName: "file.csv"))
    var attributes: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Give all pictures of this run an attribute; quotes make a text.", valueName: "key=value"))
    var assignments: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            What attributes of the table and of --set are: text, number, bool or json. Others are numbers if each value \
            is written as Sosia would write it (not 007, 1.50, 7E2), else texts.
            """, valueName: "name=type,..."))
    var types: String?

    @Option(
        name: .customLong("exclude"), parsing: .singleValue,
        help: ArgumentHelp(
            "Pass over files and folders, now and in later runs, by a pattern of gitignore; ! before it takes back.",
            valueName: "pattern"))
    var exclusions: [String] = []

    @Flag(help: "Take hidden files and folders, too.")
    var includeHidden = false

    @Flag(help: "Hash all files again, those that look unchanged, too.")
    var rehash = false

    @Flag(help: "Forget pictures below the given folders whose files are gone or excluded.")
    var prune = false

    @Flag(help: "Prune even if a folder is missing or empty, or more than half of the pictures would go.")
    var force = false

    @Flag(name: .customShort("0"), help: "Paths on standard input end with NUL bytes.")
    var nulSeparated = false

    func validate() throws {
        guard !paths.isEmpty || tiles.path != nil else { throw ValidationError("Name at least one file or folder.") }
        try (IngestOptions.minimumJobs...IngestOptions.maximumJobs).check(jobs, "--jobs")
        let types = try AttributeTypes(parsing: types)
        for assignment in assignments {
            do throws(AttributeType.Fault) {
                if try AttributeText.pair(assignment, types) != nil { continue }
            } catch {
                throw ValidationError("--set \(assignment.prefix(60)): \(error).")
            }
            throw ValidationError("--set takes key=value, got \"\(assignment)\".")
        }
        guard !tiles.isGiven || exclusions.isEmpty && !includeHidden && !rehash else {
            throw ValidationError("--exclude, --include-hidden and --rehash do not go with --tiles and --tiny.")
        }
        for pattern in exclusions where !IngestOptions.isPattern(pattern) {
            throw ValidationError(
                "--exclude \"\(Console.printable(pattern))\" matches nothing: it is empty, a bracket is open, or a "
                    + "backslash ends it.")
        }
        guard !force || prune else { throw ValidationError("--force goes with --prune.") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        var options = IngestOptions()
        options.jobs = jobs
        options.exclusions = exclusions
        options.includesHidden = includeHidden
        options.rehash = rehash
        options.prune = prune
        options.force = force
        let types = try AttributeTypes(parsing: types)
        for assignment in assignments {
            if let pair = try AttributeText.pair(assignment, types) { options.attributes[pair.key] = pair.value }
        }
        let table = try attributes.map { try AttributeTable(contentsOf: $0, types: types) }
        options.attributesByPath = table?.rows ?? [:]
        let columns =
            (table?.columns ?? [])
            + options.attributes.sorted { $0.key < $1.key }.map { AttributeColumn($0.key, $0.value) }
        try types.check(against: columns.map(\.name))
        try options.checkAttributes()
        let named =
            [tiles.path].compactMap(\.self) + paths.filter { $0 != "-" }
            + (paths.contains("-") ? try StandardInput.paths(nulSeparated: nulSeparated) : [])

        // A mistyped path makes no collection.
        if let first = named.first, !named.contains(where: FileManager.default.fileExists(atPath:)),
            try await !Store.exists(at: store.address)
        {
            throw InputFile.Unreadable(path: Console.oneLine(first), reason: SkipReason.notFound.description)
        }
        let collection = try await Store(
            creating: store.address, model: model, precision: precision.precision, jobs: jobs, memory: memory.memory,
            machine: store.machine.name)
        let line = ProgressLine()
        defer { line.clear() }
        let show: @Sendable (IngestReport.Progress) -> Void = { progress in
            switch progress.stage {
            case .walking: line.show("looking", done: progress.done, total: 0)
            case .embedding: line.show("adding", done: progress.done, total: progress.total)
            }
        }
        let report =
            if let cut = try tiles.options() {
                try await collection.add(rasters: named, cut: cut, options: options, progress: show)
            } else if tiles.tiny {
                try await collection.add(tinyImages: named, options: options, progress: show)
            } else {
                try await collection.add(named, options: options, progress: show)
            }
        line.show("indexing", done: 0, total: 0)
        try await collection.prepareIndexes()
        line.clear()
        let seconds = Double((ContinuousClock.now - start).milliseconds) / 1000
        try AddOutput(
            report, attributes: columns, isTiles: tiles.isGiven, store: collection.address?.description,
            seconds: seconds
        ).print(json: store.json)
        if report.leavesOutPictures { throw ExitStatus.skippedFiles }
    }
}
