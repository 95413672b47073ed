import SosiaCore

/// Collects what the workers made, brings it back into the order of the files, and commits it when there is enough: the
/// same files get the same ids, however the workers took turns.
actor IngestBatch {
    enum Item: Sendable {
        case entry(IngestEntry)
        case skipped(SkippedFile)
        /// A tile that shows nothing.
        case dropped
        /// A file that a later pass takes.
        case later
    }

    private let engine: any CollectionEngine
    private let size: Int
    private let total: Int
    private let progress: @Sendable (IngestReport.Progress) -> Void
    /// What was finished before an earlier file was, by position; less than a batch.
    private var early: [Int: Item] = [:]
    /// Workers that are too far ahead of a slow picture, by position.
    private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    private var next = 0
    private var entries: [IngestEntry] = []
    private var done = 0
    private(set) var report = IngestReport()
    /// Sources whose picture was known when they were read, and gone when they were committed; they have to be embedded
    /// after all.
    private var again: Set<SourceLocation> = []

    init(
        engine: any CollectionEngine, size: Int, total: Int,
        progress: @escaping @Sendable (IngestReport.Progress) -> Void
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
        if case .later = item {} else { done += 1 }
        progress(IngestReport.Progress(stage: .embedding, done: min(done, total), total: total))
        if entries.count >= size { try await commit() }
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
        case .entry(let entry): entries.append(entry)
        case .skipped(let file): report.skipped.append(file)
        case .dropped: report.dropped += 1
        case .later: break
        }
    }

    /// Counts what a run before this one has done.
    func pass(_ count: Int) {
        report.unchanged += count
        done += count
    }

    /// Commits entries as one unit, however many there are.
    func commit(_ entries: [IngestEntry]) async throws {
        self.entries = entries
        done += entries.count
        try await commit()
    }

    func commit() async throws {
        let entries = entries
        if entries.isEmpty { return }
        self.entries = []
        let outcomes = try await engine.commit(IngestUnit(entries))
        for (entry, outcome) in zip(entries, outcomes) {
            switch outcome {
            case .added: report.added += 1
            case .changed: report.changed += 1
            case .moved: report.moved += 1
            case .duplicate: report.duplicates += 1
            case .touched: report.unchanged += 1
            case .unknown: again.insert(entry.source.location)
            }
        }
    }

    /// Ends a run over some files; the next one counts from 0 again.
    func takeAgain() -> Set<SourceLocation> {
        defer {
            again = []
            next = 0
        }
        return again
    }
}
