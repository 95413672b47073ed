import FileSystem
import Workers

/// What an index covers and costs.
public struct IndexStatus: Sendable, Hashable {
    /// The kind of index, as plans name it.
    public let kind: String
    /// The rows that it covers; those behind them are scanned.
    public let rows: Int
    public let bytes: Int64
    /// What recall costs, for an index that is not exact.
    public let calibration: Calibration?
}

/// Which indexes to build.
public enum IndexDemand: Sendable, Hashable {
    /// Those that make searches quicker by more than their building costs.
    case whatPays
    /// The graph besides, whatever the size of the collection.
    case graph
}

extension EmbeddedEngine {
    /// Builds the indexes that make searches quick, where the disk allows it; returns at once when nothing is wanting.
    ///
    /// Searches need not wait for it. An engine that may write also does this by itself, on a thread of its own, when a
    /// search finds many rows that no index covers.
    /// - Parameter progress: is called with the rows that are in the new indexes and all that will be.
    public func prepareIndexes(
        _ demand: IndexDemand = .whatPays,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws {
        let builder = IndexBuilder(
            shelf: shelf, snapshot: try snapshot(), threads: threads, budget: memory, progress: progress)
        guard builder.isWanting(graph: demand == .graph) else { return }
        await Task(executorPreference: CPUExecutor(label: "sosia.indexing")) {
            // A cache that cannot be written is no reason to fail: the plain scan answers.
            try? builder.build(graph: demand == .graph, waiting: true)
        }.value
    }

    func buildWhenItPays(_ snapshot: Snapshot) {
        guard writer != nil else { return }
        let builder = IndexBuilder(shelf: shelf, snapshot: snapshot, threads: 1, budget: memory)
        guard builder.isWanting(graph: false) else { return }
        Task(executorPreference: CPUExecutor(label: "sosia.indexing"), priority: .utility) {
            try? builder.build(graph: false, waiting: false)
        }
    }

    /// The indexes that searches would use now.
    func indexStatus() throws -> [IndexStatus] {
        let indexes = try shelf.indexes(for: snapshot())
        let files = [(indexes.exact?.file, nil), (indexes.graph?.file, indexes.calibration)]
        return files.compactMap { file, calibration in
            file.map { file in
                let bytes = (try? FileStatus(path: shelf.folder.path(of: file)).stamp.size) ?? 0
                return IndexStatus(kind: file.kind, rows: file.rows, bytes: bytes, calibration: calibration)
            }
        }
    }
}
