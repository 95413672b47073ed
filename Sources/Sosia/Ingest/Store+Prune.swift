import FileSystem
import SosiaCore
import Workers

extension Store {
    /// - Throws: `StoreError.pruneRootMissing`
    func checkPresence(of roots: [String]) async throws {
        let missing = try await walking.run { roots.first(where: MissingFile.isMissing) }
        if let missing { throw StoreError.pruneRootMissing(path: missing) }
    }

    /// Forgets the files of this machine below some folders that are gone, or that a walk leaves out.
    /// - Parameters:
    ///   - roots: absolute paths.
    ///   - rules: of the walk through them.
    ///   - renumbered: devices that have another number than when files were read.
    ///   - force: prune even where a disk seems not to be there, or more than half of the files would go.
    ///   - report: gets how many pictures went, and the folders below which files were kept.
    /// - Throws: `StoreError.pruneRootMissing`, `.pruneTooLarge`; nothing was forgotten then.
    func prune(
        _ roots: [String], rules: WalkRules = WalkRules(), renumbered: Set<Renumbering> = [], force: Bool,
        into report: inout IngestReport
    ) async throws {
        if !force { try await checkPresence(of: roots) }
        // Each file is counted once, however often the roots name it.
        let roots = AbsolutePath.disjoint(roots)
        let rasters = try await containers(below: roots)
        var known = rasters.count
        var (missing, leftOut): ([SourceLocation], [SourceLocation]) = ([], [])
        for root in roots {
            try await forEachLocation(below: root) { page in
                known += page.count
                let found = try await walking.run { [machine] in
                    page.filter { $0.path(on: machine).map(MissingFile.isMissing) ?? false }
                }
                let absent = Set(found)
                missing += found
                leftOut += page.filter { location in
                    !absent.contains(location)
                        && location.path(on: machine).map { rules.leavesOut($0, below: root) } ?? false
                }
            }
        }
        let stamps = missing.isEmpty ? [] : try await engine.sources(at: missing).map { $0?.stamp }
        let files = zip(missing, stamps).compactMap { location, stamp in
            location.path(on: machine).map { (location: location, path: $0, stamp: stamp) }
        }
        let (deleted, goneRasters, kept) = try await walking.run {
            var disks = AbsentDisks(renumbered: renumbered, force: force)
            let deleted = files.filter { !disks.keep($0.path, stamp: $0.stamp) }.map { $0.location }
            let goneRasters = rasters.filter { MissingFile.isMissing($0.path) && !disks.keep($0.path, stamp: nil) }
            return (deleted, goneRasters, disks.folders)
        }
        let gone = leftOut + deleted
        report.skipped += kept
        let going = gone.count + goneRasters.count
        // What is kept without a look at it says nothing of the rest.
        known -= missing.count - deleted.count
        if !force && going * 2 > known { throw StoreError.pruneTooLarge(gone: going, known: known) }
        report.pruned = gone.isEmpty ? 0 : try await engine.forget(gone)
        if !goneRasters.isEmpty { report.pruned += try await engine.forget(containers: goneRasters.map(\.id)) }
    }
}
