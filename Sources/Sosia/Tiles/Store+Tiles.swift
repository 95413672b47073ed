import Catalog
import FileSystem
public import Rasters
import SosiaCore

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
        progress: @escaping @Sendable (IngestProgress) -> Void = { _ in }
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
        progress: @escaping @Sendable (IngestProgress) -> Void = { _ in }
    ) async throws -> IngestReport {
        let files = paths.map { TileFile(path: AbsolutePath.of($0), kind: .tiny, tiling: TinyImageSource.tiling) }
        return try await add(files, options: options, progress: progress)
    }

    func add(
        _ files: [TileFile], options: IngestOptions,
        progress: @escaping @Sendable (IngestProgress) -> Void = { _ in },
        open: (TileFile) throws(TileError) -> any TileSource = { file throws(TileError) in try file.open(isAdding: true)
        }
    ) async throws -> IngestReport {
        _ = try engine.writable()
        // Decided before anything is written, so that a missing disk does not leave half a run behind.
        if options.prune, !options.force, let missing = files.map(\.path).first(where: EmbeddedEngine.isMissing) {
            throw StoreError.pruneRootMissing(path: missing)
        }
        var report = IngestReport()
        for file in files {
            do {
                let addition = try TileAddition(file, engine: engine, options: options)
                if let known = addition.unchanged {
                    report.unchanged += try engine.reading { try engine.catalog.tileCount(of: known.id) }
                    try await attribute(known, options.attributes(for: file.path))
                } else {
                    try await add(addition, open(file), options, progress, to: &report)
                }
            } catch let error as TileError {
                report.skipped.append(SkippedFile(path: file.path, reason: .tile(error)))
            } catch let reason as SkipReason {
                report.skipped.append(SkippedFile(path: file.path, reason: reason))
            }
        }
        report.unmatched = options.attributesByPath.keys.filter { !files.map(\.path).contains($0) }.sorted()
        if options.prune { report.pruned = try await engine.prune(files.map(\.path), force: options.force) }
        return report
    }

    private func add(
        _ addition: TileAddition, _ source: any TileSource, _ options: IngestOptions,
        _ progress: @escaping @Sendable (IngestProgress) -> Void, to report: inout IngestReport
    ) async throws {
        let writer = try engine.writable()
        // Without a network nothing is begun.
        let embedder = try embedder()
        let file = addition.file
        if let moved = addition.moved { try await writer.move(container: moved.id, to: file.path) }
        let stamp = try addition.stamp(of: source)
        let container = try await writer.begin(file.path, kind: file.kind, stamp: stamp, facts: source.facts)
        if !source.facts.isGeoreferenced, file.kind == .raster {
            report.notes.append(IngestNote(path: file.path, note: .notGeoreferenced(source.facts.note)))
        } else if let note = source.facts.note {
            report.notes.append(IngestNote(path: file.path, note: .other(note)))
        }
        let batch = IngestBatch(engine: engine, size: options.batch, total: source.count, progress: progress)
        let run = TileRun(
            engine: engine, decoder: decoder, embedder: embedder, options: options, source: source,
            stamp: stamp, container: container, attributes: options.attributes(for: file.path))
        var failure: TileError?
        do {
            try await run.run(into: batch)
            failure = addition.change(of: source, since: stamp)
        } catch let error as TileError {
            failure = error
            try await batch.commit()
        }
        let own = await batch.report
        report.merge(own)
        if let failure { throw failure }
        let unread = Set(own.skipped.map(\.path))
        report.removed += try await writer.finish(container: container, isComplete: unread.isEmpty) {
            window, isCurrent in
            guard source.index(of: window) != nil else { return false }
            // What was there and cannot be read any more may be readable again.
            let tile = Tile(source: file.path, window: window, outline: nil, kind: file.kind)
            return isCurrent || unread.contains(tile.description)
        }
    }

    /// Sets attributes on all tiles of a file.
    private func attribute(_ container: TileContainer, _ attributes: Attributes) async throws {
        if attributes.isEmpty { return }
        let locations = try engine.reading { try engine.catalog.locations(of: container.id) }
        _ = try await engine.writable().merge(locations.map { ($0, attributes) })
    }
}
