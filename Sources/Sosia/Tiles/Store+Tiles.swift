import FileSystem
public import Rasters
import SosiaCore
import Workers

extension Store {
    /// Adds the tiles of large images, which are read window by window.
    ///
    /// A raster whose size and time are those of the last run, and that was cut by the same options, is not opened. An
    /// interrupted run is finished by the next one. Cut by other options, a raster keeps the tiles that both have.
    /// What cannot be read is skipped and named in the report; the rest is added.
    /// - Parameters:
    ///   - paths: of raster files; relative ones are relative to the working directory.
    ///   - progress: called from several threads, often.
    /// - Throws: ``StoreError``; what was committed before stays.
    public func add(
        rasters paths: [String], cut tiling: TileOptions = .standard, options: IngestOptions = IngestOptions(),
        progress: @escaping @Sendable (IngestReport.Progress) -> Void = { _ in }
    ) async throws -> IngestReport {
        let files = paths.map { path in
            TileFile(path: AbsolutePath.of(path), kind: .raster, tiling: TileContainer.Tiling(tiling))
        }
        return try await add(files, options: options, progress: progress)
    }

    /// Adds all records of files of tiny images (80 Million Tiny Images), which stay in their files.
    ///
    /// A file whose size and time are those of the last run is not opened; an interrupted run is finished by the next
    /// one. Names beside the file become the attribute `name`. What cannot be read is skipped and named in the report.
    /// - Parameters:
    ///   - paths: of files of records; relative ones are relative to the working directory.
    ///   - progress: called from several threads, often.
    /// - Throws: ``StoreError``; what was committed before stays.
    public func add(
        tinyImages paths: [String], options: IngestOptions = IngestOptions(),
        progress: @escaping @Sendable (IngestReport.Progress) -> Void = { _ in }
    ) async throws -> IngestReport {
        let files = paths.map { TileFile(path: AbsolutePath.of($0), kind: .tiny, tiling: TinyImageSource.tiling) }
        return try await add(files, options: options, progress: progress)
    }

    func add(
        _ files: [TileFile], options: IngestOptions,
        progress: @escaping @Sendable (IngestReport.Progress) -> Void = { _ in },
        open: @escaping @Sendable (TileFile) throws(TileError) -> any TileSource = { file throws(TileError) in
            try file.open(isAdding: true)
        }
    ) async throws -> IngestReport {
        try checkWritable()
        try options.checkAttributes()
        // Decided before anything is written, so that a missing disk does not leave half a run behind.
        if options.prune, !options.force { try await checkPresence(of: files.map(\.path)) }
        var report = IngestReport()
        for file in files {
            do {
                let addition = try await walking.run { try await TileAddition(file, in: self) }
                if let known = addition.unchanged {
                    report.unchanged += try await tileCount(of: known.id)
                    try await attribute(known, options.attributes(for: file.path))
                } else {
                    try await add(addition, walking.run { try open(file) }, options, progress, to: &report)
                }
            } catch let error as TileError {
                report.skipped.append(SkippedFile(path: file.path, reason: .tile(error)))
            } catch let reason as SkipReason {
                report.skipped.append(SkippedFile(path: file.path, reason: reason))
            }
        }
        report.unmatched = options.attributesByPath.keys.filter { !files.map(\.path).contains($0) }.sorted()
        if options.prune { try await prune(files.map(\.path), force: options.force, into: &report) }
        return report
    }

    private func add(
        _ addition: TileAddition, _ source: any TileSource, _ options: IngestOptions,
        _ progress: @escaping @Sendable (IngestReport.Progress) -> Void, to report: inout IngestReport
    ) async throws {
        // Without a network nothing is begun.
        let embedder = try await embedder()
        let file = addition.file
        if let moved = addition.moved { try await engine.move(container: moved.id, to: file.path, on: machine) }
        let stamp = try await walking.run { try addition.stamp(of: source) }
        let container = try await engine.begin(
            ContainerFile(path: file.path, machine: machine, kind: file.kind, stamp: stamp, facts: source.facts))
        if !source.facts.isGeoreferenced, file.kind == .raster {
            report.notes.append(.init(path: file.path, fact: .notGeoreferenced(source.facts.note)))
        } else if let note = source.facts.note {
            report.notes.append(.init(path: file.path, fact: .other(note)))
        }
        let batch = IngestBatch(engine: engine, size: options.batch, total: source.count, progress: progress)
        let run = TileRun(
            engine: engine, machine: machine, decoder: decoder, embedder: embedder, options: options, source: source,
            stamp: stamp, container: container, mayHaveTiles: addition.mayHaveTiles,
            attributes: options.attributes(for: file.path))
        var failure: TileError?
        do {
            try await run.run(into: batch)
            failure = try await walking.run { addition.change(of: source, since: stamp) }
        } catch let error as TileError {
            failure = error
            try await batch.commit()
        }
        let own = await batch.report
        report.merge(own)
        if let failure { throw failure }
        let unread = Set(own.skipped.map(\.path))
        let gone = try await tiles(of: container).filter { known in
            guard source.index(of: known.window) != nil else { return true }
            // What was there and cannot be read any more may be readable again.
            let tile = Tile(
                container: container, source: file.path, machine: machine, window: known.window, outline: nil,
                kind: file.kind)
            return !known.isCurrent && !unread.contains(tile.name(on: machine))
        }
        report.removed += try await engine.finish(
            container: container, isComplete: unread.isEmpty, forgetting: gone.map(\.window))
    }

    /// Sets attributes on all tiles of a file.
    private func attribute(_ container: TileContainer, _ attributes: Attributes) async throws {
        if attributes.isEmpty { return }
        let locations = try await tiles(of: container.id).map { tile in
            SourceLocation.tile(TileLocation(container: container.id, window: tile.window))
        }
        _ = try await engine.commit(IngestUnit(attributes: locations.map { ($0, attributes) }))
    }

    private func tileCount(of container: Int64) async throws -> Int {
        let page = try await engine.containers(nil, after: container - 1, limit: 1)
        return page.first.map { $0.container.id == container ? $0.tiles : 0 } ?? 0
    }
}
