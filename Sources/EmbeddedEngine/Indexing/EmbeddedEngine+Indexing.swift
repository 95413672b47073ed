import FileSystem
import Indexes
package import SosiaCore
import Workers

extension EmbeddedEngine {
    /// Builds the indexes that make searches quick, where the disk allows it; returns at once when nothing is wanting.
    ///
    /// Searches need not wait for it. An engine that may write also does this by itself, on a thread of its own, when a
    /// search finds many rows that no index covers.
    /// - Parameter progress: is called with the rows that are in the new indexes and all that will be.
    /// - Throws: `EngineError.noIndex` for a kind that there is not; `StoreError`
    package func prepareIndexes(_ demand: IndexDemand, progress: @escaping WorkProgress) async throws {
        if case .named(let name) = demand {
            let known = [SearchPlanner.plainScan] + indexes.kinds.map(\.name)
            guard known.contains(name) else { throw EngineError.noIndex(name, available: known) }
        }
        try await CPUExecutor(label: "sosia.indexing").run {
            let builder = IndexBuilder(
                open: self.indexes, snapshot: try self.snapshot(), demand: demand, threads: self.threads,
                budget: self.memory, progress: progress)
            guard builder.isWanting else { return }
            do {
                try builder.build(waiting: true)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // A cache that cannot be written is no reason to fail: the plain scan answers.
            }
        }
    }

    func buildWhenItPays(_ snapshot: Snapshot) {
        guard writer != nil else { return }
        let builder = IndexBuilder(open: indexes, snapshot: snapshot, demand: .whatPays, threads: 1, budget: memory)
        guard builder.isWanting else { return }
        Task(executorPreference: CPUExecutor(label: "sosia.indexing"), priority: .utility) {
            try? builder.build(waiting: false)
        }
    }

    /// The indexes that searches would use now.
    func indexStatus() throws -> [IndexStatus] {
        try indexes.indexes(for: snapshot()).map { open in
            IndexStatus(
                kind: open.kind.name, isExact: open.kind.isExact, rows: open.file.rows,
                bytes: (try? FileStatus(path: indexes.folder.path(of: open.file)).stamp.size) ?? 0,
                calibration: open.calibration)
        }
    }
}
