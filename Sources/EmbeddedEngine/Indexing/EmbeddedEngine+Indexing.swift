import FileSystem
import Indexes
package import SosiaCore
import Workers

extension EmbeddedEngine {
    /// Builds missing indexes, if the folder can be written; returns immediately if there are none.
    ///
    /// Searches need not wait for this. An engine opened for writing also does it in the background, when a search finds
    /// many rows that no index covers.
    /// - Parameter progress: receives the number of rows indexed so far and in total.
    /// - Throws: `EngineError.noIndex` for an unknown kind; `StoreError`
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
                // Without this cache the plain scan answers, so there is no reason to fail.
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

    /// The indexes that a search would use now.
    func indexStatus() throws -> [IndexStatus] {
        try indexes.indexes(for: snapshot()).map { open in
            IndexStatus(
                kind: open.kind.name, isExact: open.kind.isExact, rows: open.file.rows,
                bytes: (try? FileStatus(path: indexes.folder.path(of: open.file)).stamp.size) ?? 0,
                calibration: open.calibration)
        }
    }
}
