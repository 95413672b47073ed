import FileSystem
import SosiaCore
import Workers

extension Store {
    /// Adds files, and folders with all below them.
    ///
    /// Files whose size and time are those of the last run are not opened. What cannot be read or decoded is skipped
    /// and named in the report; the rest is added.
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
        let plan = try await walking.run {
            try await IngestPlan(
                roots, engine: self.engine, machine: self.machine, options: options, progress: progress)
        }
        var report = try await embed(plan, options, progress)
        report.unchanged += plan.unchanged
        report.skipped = plan.skipped + report.skipped
        report.unmatched = plan.unmatched.sorted()
        if !plan.attributed.isEmpty { _ = try await engine.commit(IngestUnit(attributes: plan.attributed)) }
        if options.prune { report.pruned = try await prune(roots, force: options.force) }
        return report
    }

    private func embed(
        _ plan: IngestPlan, _ options: IngestOptions, _ progress: @escaping @Sendable (IngestReport.Progress) -> Void
    ) async throws -> IngestReport {
        let total = plan.pending.count
        let batch = IngestBatch(engine: engine, size: options.batch, total: total, progress: progress)
        let run = IngestRun(engine: engine, machine: machine, options: options)
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

// MARK: - Pruning

extension Store {
    /// - Throws: `StoreError.pruneRootMissing`
    func checkPresence(of roots: [String]) async throws {
        let missing = try await walking.run { roots.first(where: MissingFile.isMissing) }
        if let missing { throw StoreError.pruneRootMissing(path: missing) }
    }

    /// Forgets the files of this machine below some folders that are gone.
    /// - Parameters:
    ///   - roots: absolute paths.
    ///   - force: prune even where a root is missing or more than half of the files would go.
    /// - Returns: how many pictures went.
    /// - Throws: `StoreError.pruneRootMissing`, `.pruneTooLarge`; nothing was forgotten then.
    func prune(_ roots: [String], force: Bool) async throws -> Int {
        if !force { try await checkPresence(of: roots) }
        // Each file is counted once, however often the roots name it.
        let roots = AbsolutePath.disjoint(roots)
        let rasters = try await containers(below: roots)
        var known = rasters.count
        var gone: [SourceLocation] = []
        for root in roots {
            try await forEachLocation(below: root) { page in
                known += page.count
                gone += try await walking.run { [machine] in
                    page.filter { $0.path(on: machine).map(MissingFile.isMissing) ?? false }
                }
            }
        }
        let goneRasters = try await walking.run { rasters.filter { MissingFile.isMissing($0.path) } }
        let files = gone.count + goneRasters.count
        if !force && files * 2 > known { throw StoreError.pruneTooLarge(gone: files, known: known) }
        var pictures = gone.isEmpty ? 0 : try await engine.forget(gone)
        if !goneRasters.isEmpty { pictures += try await engine.forget(containers: goneRasters.map(\.id)) }
        return pictures
    }
}
