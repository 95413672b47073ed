import FileSystem

extension Store {
    /// Adds files, and folders with all below them.
    ///
    /// Files whose size and time are those of the last run are not opened. What cannot be read or decoded is skipped
    /// and named in the report; the rest is added.
    /// - Parameters:
    ///   - paths: files and folders; relative ones are relative to the working directory.
    ///   - progress: called from several threads, often.
    /// - Throws: ``StoreError``; what was committed before stays.
    public func add(
        _ paths: [String], options: IngestOptions = IngestOptions(),
        progress: @escaping @Sendable (IngestProgress) -> Void = { _ in }
    ) async throws -> IngestReport {
        _ = try engine.writable()
        let roots = paths.map { AbsolutePath.of($0) }
        // Decided before anything is written, so that a missing disk does not leave half a run behind.
        if options.prune, !options.force, let missing = roots.first(where: EmbeddedEngine.isMissing) {
            throw StoreError.pruneRootMissing(path: missing)
        }
        var plan = try IngestPlan(roots, engine: engine, options: options, progress: progress)
        var report = try await embed(plan, options, progress)
        report.unchanged += plan.unchanged
        report.skipped = plan.skipped + report.skipped
        report.unmatched = plan.unmatched.sorted()
        if !plan.attributed.isEmpty { _ = try await engine.writable().merge(plan.attributed) }
        plan.attributed = []
        if options.prune { report.pruned = try await engine.prune(roots, force: options.force) }
        return report
    }

    private func embed(
        _ plan: IngestPlan, _ options: IngestOptions, _ progress: @escaping @Sendable (IngestProgress) -> Void
    ) async throws -> IngestReport {
        let total = plan.pending.count
        let batch = IngestBatch(engine: engine, size: options.batch, total: total, progress: progress)
        let moved = try await MovedFiles(engine: engine, options: options).find(in: plan) { found in
            progress(IngestProgress(stage: .embedding, done: found, total: total))
        }
        try await batch.commit(moved.sorted { $0.key < $1.key }.map(\.value))
        var again = await batch.takeAgain()
        var files = plan.pending.enumerated().filter { moved[$0.offset] == nil || again.contains($0.element.path) }
            .map(\.element)
        if files.isEmpty { return await batch.report }

        let run = IngestRun(
            engine: engine, reader: PictureReader(decoder: decoder, embedder: try embedder()), options: options)
        while !files.isEmpty {
            try await run.run(files, into: batch)
            again = await batch.takeAgain()
            files = files.filter { again.contains($0.path) }
        }
        return await batch.report
    }
}
