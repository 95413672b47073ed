import Catalog
public import SosiaCore

extension Store {
    /// Forgets the files at and below some paths, the pictures that no other file shows, and the tiles of files there.
    /// - Returns: how many pictures went.
    public func remove(paths: [String]) async throws -> Int {
        let writer = try engine.writable()
        let roots = AbsolutePath.disjoint(paths.map { AbsolutePath.of($0) })
        let (locations, containers) = try engine.reading {
            (
                try roots.flatMap { try engine.catalog.locations(under: $0) },
                try roots.flatMap { try engine.catalog.containers(under: $0) }
            )
        }
        var pictures = locations.isEmpty ? 0 : try await writer.forget(locations)
        if !containers.isEmpty { pictures += try await writer.forget(containers: containers.map(\.id)) }
        return pictures
    }

    /// Whether there is such a picture, be it one that ``repair(_:)`` took out.
    public func contains(_ id: ImageID) throws -> Bool {
        try engine.reading {
            try !engine.catalog.records([id]).isEmpty || engine.catalog.lost().contains { $0.id == id }
        }
    }

    /// Whether pictures were seen at or below a path.
    public func contains(path: String) throws -> Bool {
        let path = AbsolutePath.of(path)
        return try engine.reading {
            try !engine.catalog.locations(under: path).isEmpty || !engine.catalog.containers(under: path).isEmpty
        }
    }

    /// What is known of a picture.
    /// - Throws: `EngineError.unknownImage`
    public func record(_ id: ImageID) async throws -> ImageRecord {
        guard let record = try await engine.records([id]).first else { throw EngineError.unknownImage(id) }
        return record
    }

    /// Reads the whole truth and holds it against its checksums, the bytes of uploads against the catalog, and the
    /// files that tiles were cut from against what they were. Changes nothing.
    public func verify() async throws -> VerifyReport {
        let report = try await engine.verify()
        let stray = try await strayOriginals()
        let containers = try tileContainers().map { (path: $0.path, state: $0.checkFiles()) }
            .filter { $0.state == .changed || $0.state == .missing }
        var problems = report.problems
        problems += stray.missing.map(VerifyReport.Problem.originalMissing)
        problems += stray.orphans.map(VerifyReport.Problem.orphan)
        problems += containers.map { VerifyReport.Problem.container(path: $0.path, $0.state) }
        return VerifyReport(pictures: report.pictures, vacant: report.vacant, problems: problems)
    }

    /// Gives the space of removed pictures back.
    /// - Parameter progress: is called with the pictures whose vectors are written and all whose will be.
    public func compact(
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> CompactionReport {
        let writer = try engine.writable()
        try await originals.take {
            for key in try await strayOriginals().orphans { try await objects?.remove(key) }
        }
        return try await writer.compact(progress: progress)
    }

    /// Builds the indexes that make searches quick, where that pays; returns at once otherwise.
    /// - Parameter progress: is called with the rows that are in the new indexes and all that will be.
    public func prepareIndexes(
        _ demand: IndexDemand = .whatPays,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws {
        try await engine.prepareIndexes(demand, progress: progress)
    }

    /// What the collection holds and costs.
    public func status() async throws -> StoreStatus {
        try engine.status()
    }
}
