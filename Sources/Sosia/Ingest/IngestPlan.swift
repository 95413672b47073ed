import SosiaCore

/// What a walk found, sorted by what has to be done about it.
struct IngestPlan: Sendable {
    struct File: Sendable {
        let path: String
        let stamp: ImageSource.Stamp
    }

    /// New and changed files.
    var pending: [File] = []
    /// Files whose stamp is that of the last run.
    var unchanged = 0
    /// Unchanged files that get attributes in this run.
    var attributed: [(location: SourceLocation, attributes: Attributes)] = []
    var skipped: [SkippedFile] = []
    /// Paths that attributes were given for and that were not met.
    var unmatched: Set<String>
    /// Sizes that changed files had before: a file of such a size may be what one of them was.
    private var replacedSizes: Set<Int64> = []
    /// Whether the size of a changed file is not known.
    private var isAnySizeReplaced = false

    /// Files that the ledger is asked about at once.
    private static let chunk = 512

    private let machine: MachineName

    /// Walks and compares with the ledger; opens no file.
    init(
        _ paths: [String], engine: any CollectionEngine, machine: MachineName, options: IngestOptions,
        progress: (IngestReport.Progress) -> Void
    ) async throws {
        self.machine = machine
        unmatched = Set(options.attributesByPath.keys)
        var chunk: [File] = []
        var done = 0
        for item in FileWalk(paths, onlyBelow: options.onlyBelow) {
            switch item {
            case .skipped(let file):
                skipped.append(file)
                unmatched.remove(file.path)
            case .file(let path, let stamp):
                chunk.append(File(path: path, stamp: stamp))
                unmatched.remove(path)
            }
            guard chunk.count == Self.chunk else { continue }
            try await sort(chunk, engine, options)
            done += chunk.count
            chunk.removeAll(keepingCapacity: true)
            progress(IngestReport.Progress(stage: .walking, done: done, total: 0))
            try Task.checkCancellation()
        }
        try await sort(chunk, engine, options)
    }

    private mutating func sort(
        _ files: [File], _ engine: any CollectionEngine, _ options: IngestOptions
    ) async throws {
        if files.isEmpty { return }
        let locations = files.map { SourceLocation.file(path: $0.path, machine: machine) }
        let known = try await engine.sources(at: locations)
        for (position, source) in known.enumerated() {
            let file = files[position]
            guard let source, source.stamp?.isSameFile(as: file.stamp) == true else {
                pending.append(file)
                if let source { replace(source) }
                continue
            }
            unchanged += 1
            let attributes = options.attributes(for: file.path)
            if !attributes.isEmpty { attributed.append((locations[position], attributes)) }
        }
    }

    private mutating func replace(_ source: ImageSource) {
        if let stamp = source.stamp { replacedSizes.insert(stamp.size) } else { isAnySizeReplaced = true }
    }

    /// Whether a file may hold the picture that a changed file showed before.
    func mayBeReplaced(_ file: File) -> Bool {
        isAnySizeReplaced || replacedSizes.contains(file.stamp.size)
    }
}
