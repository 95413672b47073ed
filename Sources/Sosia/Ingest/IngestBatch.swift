import Catalog
import SosiaCore

/// Collects what the workers made, brings it back into the order of the files, and commits it when there is enough: the
/// same files get the same ids, however the workers took turns.
actor IngestBatch {
    enum Item: Sendable {
        case draft(ImageDraft)
        case known(KnownFile)
        case skipped(SkippedFile)
        /// A tile that shows nothing.
        case dropped
    }

    private let engine: EmbeddedEngine
    private let size: Int
    private let total: Int
    private let progress: @Sendable (IngestProgress) -> Void
    /// What was finished before an earlier file was, by position; less than a batch.
    private var early: [Int: Item] = [:]
    /// Workers that are too far ahead of a slow picture, by position.
    private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    private var next = 0
    private var drafts: [ImageDraft] = []
    private var known: [KnownFile] = []
    private var done = 0
    private(set) var report = IngestReport()
    /// Known files whose picture changed before they were committed; they have to be embedded after all.
    private var again: Set<String> = []

    init(
        engine: EmbeddedEngine, size: Int, total: Int, progress: @escaping @Sendable (IngestProgress) -> Void
    ) {
        self.engine = engine
        self.size = min(max(size, IngestOptions.minimumBatch), IngestOptions.maximumBatch)
        self.total = total
        self.progress = progress
    }

    /// Waits while the item is a whole batch ahead of the file that is next.
    /// - Parameter position: of the file among those of this run; each is taken once, and the lower ones are in work.
    func take(_ item: Item, at position: Int) async throws {
        while position - next >= size { try await wait(at: position) }
        early[position] = item
        while let item = early.removeValue(forKey: next) {
            next += 1
            keep(item)
        }
        for position in waiting.keys where position - next < size { waiting.removeValue(forKey: position)?.resume() }
        done += 1
        progress(IngestProgress(stage: .embedding, done: min(done, total), total: total))
        if drafts.count + known.count >= size { try await commit() }
    }

    /// Ends when the file that is next moved on, or with an error when the run is cancelled.
    private func wait(at position: Int) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting[position] = continuation
                }
            }
        } onCancel: {
            Task { await cancelWaiting(at: position) }
        }
    }

    private func cancelWaiting(at position: Int) {
        waiting.removeValue(forKey: position)?.resume(throwing: CancellationError())
    }

    private func keep(_ item: Item) {
        switch item {
        case .draft(let draft): drafts.append(draft)
        case .known(let file): known.append(file)
        case .skipped(let file): report.skipped.append(file)
        case .dropped: report.dropped += 1
        }
    }

    /// Counts what a run before this one has done.
    func pass(_ count: Int) {
        report.unchanged += count
        done += count
    }

    /// Commits files of known pictures as one unit, however many there are.
    func commit(_ files: [KnownFile]) async throws {
        known = files
        done += files.count
        try await commit()
    }

    func commit() async throws {
        let drafts = drafts
        let known = known
        if drafts.isEmpty && known.isEmpty { return }
        self.drafts = []
        self.known = []
        let outcomes = try await engine.writable().upsert(drafts, known: known)
        for (position, outcome) in outcomes.enumerated() {
            switch outcome {
            case .added: report.added += 1
            case .changed: report.changed += 1
            case .moved: report.moved += 1
            case .duplicate: report.duplicates += 1
            case .touched: report.unchanged += 1
            case .unknown: again.insert(known[position - drafts.count].path)
            }
        }
    }

    /// Ends a run over some files; the next one counts from 0 again.
    func takeAgain() -> Set<String> {
        defer {
            again = []
            next = 0
        }
        return again
    }
}
