import FileSystem
import SosiaCore
import Workers

extension Store {
    /// Adds files, and folders with all below them.
    ///
    /// Files of which the system says what it said in the last run are not opened; those that only look a little different
    /// (moved to another disk, changed in place) are hashed. What cannot be read or decoded is skipped and named in the
    /// report; the rest is added.
    /// - Parameters:
    ///   - paths: files and folders; relative ones are relative to the working directory.
    ///   - progress: called from several threads, often.
    /// - Throws: ``StoreError``; what was committed before stays. What `Attributes.check(of:)` throws, before anything
    ///   is looked at.
    public func add(
        _ paths: [String], options: IngestOptions = IngestOptions(),
        progress: @escaping @Sendable (IngestReport.Progress) -> Void = { _ in }
    ) async throws -> IngestReport {
        try checkWritable()
        try options.checkAttributes()
        let roots = paths.map { AbsolutePath.of($0) }
        // Decided before anything is written, so that a missing disk does not leave half a run behind.
        if options.prune, !options.force { try await checkPresence(of: roots) }
        let rules = try await walkRules(below: roots, options)
        let plan = try await walking.run {
            try await IngestPlan(
                roots, rules: rules, engine: self.engine, machine: self.machine, options: options,
                progress: progress)
        }
        var report = try await embed(plan, options, progress)
        report.unchanged += plan.unchanged
        report.skipped = plan.skipped + report.skipped
        report.passedOver = plan.passedOver
        report.unmatched = plan.unmatched.sorted()
        if !plan.attributed.isEmpty { _ = try await engine.commit(IngestUnit(attributes: plan.attributed)) }
        if options.prune {
            try await prune(
                roots, rules: rules, renumbered: plan.renumbered, force: options.force, into: &report)
        }
        return report
    }

    private func embed(
        _ plan: IngestPlan, _ options: IngestOptions, _ progress: @escaping @Sendable (IngestReport.Progress) -> Void
    ) async throws -> IngestReport {
        var plan = plan
        let total = plan.pending.count + plan.doubtful.count
        let batch = IngestBatch(engine: engine, size: options.batch, total: total, progress: progress)
        let run = IngestRun(engine: engine, machine: machine, options: options)
        plan.add(changed: try await run.rehash(plan.doubtful, into: batch))
        let moved = try await run.movedFiles(in: plan) { found in
            progress(IngestReport.Progress(stage: .embedding, done: found, total: total))
        }
        try await batch.commit(moved.sorted { $0.key < $1.key }.map(\.value))
        var again = await batch.takeAgain()
        func isAgain(_ file: IngestPlan.File) -> Bool { again.contains(.file(path: file.path, machine: machine)) }
        var files = plan.pending.enumerated().filter { moved[$0.offset] == nil || isAgain($0.element) }.map(\.element)
        if files.isEmpty { return await batch.report }

        let reader = PictureReader(decoder: decoder, embedder: try await embedder())
        while !files.isEmpty {
            try await run.run(files, with: reader, into: batch)
            again = await batch.takeAgain()
            files = files.filter(isAgain)
        }
        return await batch.report
    }
}
