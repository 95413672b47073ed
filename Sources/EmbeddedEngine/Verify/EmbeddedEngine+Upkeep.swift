import Catalog
package import SosiaCore
import Workers

extension EmbeddedEngine {
    package func prepare() async throws {
        try await searches.run { _ = try self.snapshot() }
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

    package func repair(progress: @escaping WorkProgress) async throws -> RepairReport {
        try await writable().repair(progress: progress)
    }

    /// Reads everything that is not a cache and compares it with its checksums. Changes nothing.
    package func verify(progress: @escaping WorkProgress) async throws -> EngineVerification {
        try await CPUExecutor(label: "sosia.verify").run { try self.verified(progress) }
    }

    private func verified(_ progress: WorkProgress) throws -> EngineVerification {
        var problems = try (catalog.problems() + catalog.slotProblems()).map(EngineVerification.Problem.ledger)
        guard var (state, rows) = try catalog.stateAndRows() else { throw StoreError.missing(path: files.root) }
        do {
            let vectors = try settled {
                (state, rows) = try catalog.stateAndRows() ?? (state, rows)
                return try VectorFile(
                    files, generation: state.generation, dimension: model.dimension, rowCount: state.rows)
            }
            for (position, row) in rows.enumerated() where (0..<state.rows).contains(row.slot) {
                try Task.checkCancellation()
                progress(position, rows.count)
                let vector = vectors.row(row.slot)
                if vector.checksum != row.checksum || !vector.values.allSatisfy(\.isFinite) {
                    problems.append(.vector(of: row.id, row: row.slot))
                }
            }
        } catch let error as StoreError {
            problems.append(.vectors(error.description))
        }
        progress(rows.count, rows.count)
        return EngineVerification(pictures: rows.count, vacant: state.rows - rows.count, problems: problems)
    }
}
