import Catalog
import FileSystem
package import SosiaCore
import Workers

extension EmbeddedEngine {
    package func prepare() async throws {
        try await searches.run {
            try self.checkFolder()
            _ = try self.snapshot()
        }
    }

    package func checkPresence() async throws {
        try await searches.run { try self.checkFolder() }
    }

    package func status() async throws -> EngineStatus {
        try await searches.run {
            guard let state = try self.catalog.state() else { throw StoreError.missing(path: self.files.root) }
            let pictures = try self.catalog.count()
            return EngineStatus(
                pictures: pictures, vacant: state.rows - pictures, lost: try self.catalog.lostCount(),
                generation: state.generation, ledgerBytes: self.files.bytes(of: self.files.catalog),
                vectorBytes: self.files.bytes(of: self.files.vectors), indexes: try self.indexStatus())
        }
    }

    package func compact(progress: @escaping WorkProgress) async throws -> CompactionReport {
        try await writable().compact(progress: progress)
    }

    package func repair(
        reading facts: @escaping FactsReading, progress: @escaping WorkProgress
    ) async throws -> RepairReport {
        try await writable().repair(reading: facts, progress: progress)
    }

    /// Reads everything that is not a cache and compares it with its checksums. Changes nothing.
    package func verify(progress: @escaping WorkProgress) async throws -> EngineVerification {
        try await CPUExecutor(label: "sosia.verify").run { try self.verified(progress) }
    }

    private func verified(_ progress: WorkProgress) throws -> EngineVerification {
        let header = try StoreError.translating { () throws(FileError) in
            try FileReader.bytes(of: files.catalog, maximum: Catalog.headerBytes)
        }
        var problems = try (Catalog.headerProblems(header) + catalog.problems() + catalog.slotProblems())
            .map(EngineVerification.Problem.ledger)
        guard var (state, rows) = try catalog.stateAndRows() else { throw StoreError.missing(path: files.root) }
        let steps = 2 * rows.count
        if catalog.hasChecksums { problems += try recordProblems { progress(min($0, rows.count), steps) } }
        do {
            let vectors = try settled {
                (state, rows) = try catalog.stateAndRows() ?? (state, rows)
                return try VectorFile(
                    files, generation: state.generation, dimension: model.dimension, rowCount: state.rows)
            }
            for (position, row) in rows.enumerated() where (0..<state.rows).contains(row.slot) {
                try Task.checkCancellation()
                progress(min(steps, steps - rows.count + position), steps)
                let vector = vectors.row(row.slot)
                if vector.checksum != row.checksum || !vector.values.allSatisfy(\.isFinite) {
                    problems.append(.vector(of: row.id, row: row.slot))
                }
            }
        } catch let error as StoreError {
            problems.append(.vectors(error.description))
        }
        progress(steps, steps)
        return EngineVerification(
            pictures: rows.count, vacant: state.rows - rows.count, problems: problems,
            notes: catalog.hasChecksums ? [] : [.recordsUnprotected])
    }

    /// - Parameter progress: gets the number of records that were looked at.
    private func recordProblems(_ progress: (Int) -> Void) throws -> [EngineVerification.Problem] {
        var problems: [EngineVerification.Problem] = []
        var (id, location, done): (ImageID?, String?, Int) = (nil, nil, 0)
        repeat {
            try Task.checkCancellation()
            progress(done)
            let page = try catalog.damagedRecords(after: id, limit: Self.verifiedAtOnce)
            problems += page.damaged.map(EngineVerification.Problem.record)
            (id, done) = (page.last, done + Self.verifiedAtOnce)
        } while id != nil
        repeat {
            try Task.checkCancellation()
            let page = try catalog.damagedSources(after: location, limit: Self.verifiedAtOnce)
            problems += page.damaged.map { .ledger("what it says of the file \($0) is not what was written") }
            location = page.last
        } while location != nil
        return problems
    }

    private static let verifiedAtOnce = 1_000
}
