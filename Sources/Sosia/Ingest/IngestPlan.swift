import SosiaCore

/// What a walk found, sorted by what has to be done about it.
struct IngestPlan: Sendable {
    struct File: Sendable {
        let path: String
        let stamp: ImageSource.Stamp
        /// Whether the name does not tell if it is a picture.
        var isOdd = false
    }

    /// New and changed files.
    private(set) var pending: [File] = []
    /// Known files of the size and time of the last run of which something else is different, or that are to be hashed
    /// whatever they look like: their bytes tell whether they are what they were.
    private(set) var doubtful: [File] = []
    /// Files whose stamp is that of the last run.
    var unchanged = 0
    /// Unchanged files that get attributes in this run.
    var attributed: [(location: SourceLocation, attributes: Attributes)] = []
    var skipped: [SkippedFile] = []
    var passedOver = IngestReport.PassedOver()
    /// Devices that files were read on, with those on which files with the same names, sizes and times are seen now.
    private(set) var renumbered: Set<Renumbering> = []
    /// Paths that attributes were given for and that were not met.
    var unmatched: Set<String>
    /// Sizes that changed files had before: a file of such a size may be what one of them was.
    private var replacedSizes: Set<Int64> = []
    /// Whether the size of a changed file is not known.
    private var isAnySizeReplaced = false

    /// Files that the ledger is asked about at once.
    private static let chunk = 512

    private let machine: MachineName

    /// Walks and compares with the ledger; opens only files that are not known and whose names do not say what they are.
    init(
        _ paths: [String], rules: WalkRules, engine: any CollectionEngine, machine: MachineName,
        options: IngestOptions, progress: (IngestReport.Progress) -> Void
    ) async throws {
        self.machine = machine
        unmatched = Set(options.attributesByPath.keys)
        var chunk: [File] = []
        var done = 0
        var walk = FileWalk(paths, onlyBelow: options.onlyBelow, rules: rules)
        while let item = walk.next() {
            switch item {
            case .skipped(let file): skip(file)
            case .file(let path, let stamp):
                chunk.append(File(path: path, stamp: stamp))
                unmatched.remove(path)
            case .odd(let path, let stamp): chunk.append(File(path: path, stamp: stamp, isOdd: true))
            }
            guard chunk.count == Self.chunk else { continue }
            try await sort(chunk, engine, options)
            done += chunk.count
            chunk.removeAll(keepingCapacity: true)
            progress(IngestReport.Progress(stage: .walking, done: done, total: 0))
            try Task.checkCancellation()
        }
        try await sort(chunk, engine, options)
        passedOver.merge(walk.passedOver)
    }

    private mutating func skip(_ file: SkippedFile) {
        skipped.append(file)
        unmatched.remove(file.path)
    }

    private mutating func sort(
        _ files: [File], _ engine: any CollectionEngine, _ options: IngestOptions
    ) async throws {
        if files.isEmpty { return }
        let locations = files.map { SourceLocation.file(path: $0.path, machine: machine) }
        let known = try await engine.sources(at: locations)
        for (position, source) in known.enumerated() {
            let file = files[position]
            if file.isOdd, !take(odd: file, isKnown: source != nil, options) { continue }
            guard let source, let stamp = source.stamp, stamp.isSameFile(as: file.stamp) else {
                pending.append(file)
                if let source { replace(source) }
                continue
            }
            if let change = Renumbering(from: stamp, to: file.stamp) { renumbered.insert(change) }
            if options.rehash || !file.stamp.isUntouched(since: stamp) {
                doubtful.append(file)
                continue
            }
            unchanged += 1
            let attributes = options.attributes(for: file.path)
            if !attributes.isEmpty { attributed.append((locations[position], attributes)) }
        }
    }

    /// - Returns: false for a file that is no picture.
    private mutating func take(odd file: File, isKnown: Bool, _ options: IngestOptions) -> Bool {
        guard isKnown || FileWalk.isPicture(file.path, below: options.onlyBelow) else {
            passedOver.count(kindOf: file.path)
            return false
        }
        if case .skipped(let skipped) = FileWalk.taken(file.path, file.stamp) {
            skip(skipped)
            return false
        }
        unmatched.remove(file.path)
        return true
    }

    /// Files that turned out to have other bytes than they had, under the same stamp.
    mutating func add(changed files: [File]) {
        pending += files
        for file in files { replacedSizes.insert(file.stamp.size) }
    }

    private mutating func replace(_ source: ImageSource) {
        if let stamp = source.stamp { replacedSizes.insert(stamp.size) } else { isAnySizeReplaced = true }
    }

    /// Whether a file may hold the picture that a changed file showed before.
    func mayBeReplaced(_ file: File) -> Bool {
        isAnySizeReplaced || replacedSizes.contains(file.stamp.size)
    }
}
