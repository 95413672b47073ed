/// What an index covers and costs.
public struct IndexStatus: Sendable, Hashable {
    /// The kind of index, as plans name it.
    public let kind: String
    /// The rows that it covers; those behind them are scanned.
    public let rows: Int
    public let bytes: Int64
}

extension EmbeddedEngine {
    /// Builds the indexes that make searches quick, where that pays and the disk allows it; returns at once otherwise.
    ///
    /// Searches need not wait for it. An engine that may write also does this by itself, on a thread of its own, when a
    /// search finds many rows that no index covers.
    public func prepareIndexes() async throws {
        let snapshot = try snapshot()
        guard shelf.isWanting(snapshot) else { return }
        let (shelf, threads) = (shelf, threads)
        await Task(executorPreference: CPUExecutor(label: "sosia.indexing")) {
            // A cache that cannot be written is no reason to fail: the plain scan answers.
            try? shelf.build(snapshot, threads: threads)
        }.value
    }

    func buildWhenItPays(_ snapshot: Snapshot) {
        guard writer != nil, shelf.isWanting(snapshot) else { return }
        let shelf = shelf
        Task(executorPreference: CPUExecutor(label: "sosia.indexing"), priority: .utility) {
            try? shelf.build(snapshot, threads: 1)
        }
    }

    /// The indexes that searches would use now.
    func indexStatus() throws -> [IndexStatus] {
        let snapshot = try snapshot()
        return shelf.file(for: snapshot).map { file in
            let bytes = (try? FileStatus(path: shelf.folder.path(of: file)).stamp.size) ?? 0
            return [IndexStatus(kind: file.kind, rows: file.rows, bytes: bytes)]
        } ?? []
    }
}
