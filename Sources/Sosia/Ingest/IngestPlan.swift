import Catalog
import SosiaCore

/// What a walk found, sorted by what has to be done about it.
struct IngestPlan: Sendable {
    struct File: Sendable, Hashable {
        let path: String
        let stamp: ImageSource.Stamp
        let isKnown: Bool
    }

    /// New and changed files.
    var pending: [File] = []
    /// Files whose stamp is that of the last run.
    var unchanged = 0
    /// Unchanged files that get attributes in this run.
    var attributed: [(location: String, attributes: Attributes)] = []
    var skipped: [SkippedFile] = []
    /// Paths that attributes were given for and that were not met.
    var unmatched: Set<String>
    /// Sizes that changed files had before: a file of such a size may be what one of them was.
    private var replacedSizes: Set<Int64> = []
    /// Whether the size of a changed file is not known.
    private var isAnySizeReplaced = false

    /// Files the catalog is asked about at once.
    private static let chunk = 512

    /// Walks and compares with the catalog; opens no file.
    init(
        _ paths: [String], engine: EmbeddedEngine, options: IngestOptions, progress: (IngestProgress) -> Void
    ) throws {
        unmatched = Set(options.attributesByPath.keys)
        var chunk: [(path: String, stamp: ImageSource.Stamp)] = []
        var done = 0
        for item in FileWalk(paths) {
            switch item {
            case .skipped(let file):
                skipped.append(file)
                unmatched.remove(file.path)
            case .file(let path, let stamp):
                chunk.append((path, stamp))
                unmatched.remove(path)
            }
            guard chunk.count == Self.chunk else { continue }
            try sort(chunk, engine, options)
            done += chunk.count
            chunk.removeAll(keepingCapacity: true)
            progress(IngestProgress(stage: .walking, done: done, total: 0))
            try Task.checkCancellation()
        }
        try sort(chunk, engine, options)
    }

    private mutating func sort(
        _ files: [(path: String, stamp: ImageSource.Stamp)], _ engine: EmbeddedEngine, _ options: IngestOptions
    ) throws {
        let known = try engine.reading { try engine.catalog.sources(files.map(\.path)) }
        for (file, source) in zip(files, known) {
            guard let source, source.stamp?.isSameFile(as: file.stamp) == true else {
                pending.append(File(path: file.path, stamp: file.stamp, isKnown: source != nil))
                if let source { replace(source) }
                continue
            }
            unchanged += 1
            let attributes = options.attributes(for: file.path)
            if !attributes.isEmpty { attributed.append((file.path, attributes)) }
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
