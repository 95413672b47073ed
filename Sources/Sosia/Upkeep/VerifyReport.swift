import Catalog
public import SosiaCore

/// What ``Store/verify()`` found.
public struct VerifyReport: Sendable, Hashable {
    /// Something in the truth that is not as it was committed.
    public enum Problem: Sendable, Hashable {
        /// SQLite's own checks of the catalog, and what must hold between its tables.
        case catalog(String)
        /// The vector file as a whole.
        case vectors(String)
        /// The row of one picture is not what was written. ``Store/repair(_:)`` and adding it again mend it.
        case row(id: ImageID, slot: Int)
        /// The bytes of an upload are gone; the picture is found all the same.
        case originalMissing(ImageID)
        /// The bytes of an upload that a crash interrupted. ``Store/compact()`` takes them away.
        case orphan(ContentHash)
        /// The file that tiles were cut from is gone or changed; its tiles are found all the same.
        case container(path: String, ContainerState)
    }

    public let pictures: Int
    /// Vacant rows, which compaction would give back.
    public let vacant: Int
    public let problems: [Problem]
}

extension VerifyReport.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .catalog(let fact), .vectors(let fact): fact
        case .row(let id, let slot):
            "the vector of picture \(id) (row \(slot)) is not what was written; `sosia verify --repair` takes it out"
        case .originalMissing(let id): "the bytes of the upload that is picture \(id) are gone"
        case .container(let path, let state): "\(path) \(state)"
        case .orphan(let hash): "the upload \(hash) belongs to no picture; `sosia compact` takes it away"
        }
    }
}

extension EmbeddedEngine {
    /// Reads the whole truth and holds it against its checksums. Changes nothing.
    public func verify() async throws -> VerifyReport {
        try await CPUExecutor(label: "sosia.verify").run { try self.verified() }
    }

    private func verified() throws -> VerifyReport {
        try reading {
            var problems = try catalog.problems().map(VerifyReport.Problem.catalog)
            problems += try catalog.slotProblems().map(VerifyReport.Problem.catalog)
            guard var (state, rows) = try catalog.stateAndRows() else { throw StoreError.missing(path: layout.root) }
            do {
                let vectors = try settled {
                    (state, rows) = try catalog.stateAndRows() ?? (state, rows)
                    return try VectorFile(
                        layout, generation: state.generation, dimension: model.dimension, rowCount: state.rows)
                }
                for row in rows where (0..<state.rows).contains(row.slot) {
                    let vector = vectors.row(row.slot)
                    if vector.checksum != row.checksum || !vector.values.allSatisfy(\.isFinite) {
                        problems.append(.row(id: row.id, slot: row.slot))
                    }
                }
            } catch let error as StoreError {
                problems.append(.vectors(error.description))
            }
            return VerifyReport(pictures: rows.count, vacant: state.rows - rows.count, problems: problems)
        }
    }
}
