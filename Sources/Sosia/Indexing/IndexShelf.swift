import Catalog
import Indexes
import MemoryMapping
import SosiaCore
import Synchronization

/// The indexes of a collection: opened when they are there, built when that pays, forgotten when they are damaged.
///
/// Nothing here is truth, so nothing here fails a search: without an index the plain scan answers.
final class IndexShelf: Sendable {
    /// Below so many rows the plain scan is quick enough.
    static let minimumRows = 4_096
    /// So many rows behind the last that an index covers are scanned with it; a greater tail is worth building for.
    static let minimumTail = 1_024
    /// The same as a share of the rows covered.
    static let tailShare = 32

    private struct Held {
        let file: IndexFile
        let index: ExactIndex
    }

    private struct State {
        var held: Held?
        /// The folder when `held` was looked for.
        var stamp: ImageSource.Stamp?
        var isBuilding = false
    }

    let folder: IndexFolder
    private let state = Mutex(State())

    init(_ folder: IndexFolder) {
        self.folder = folder
    }

    /// The index that covers most of a snapshot's rows.
    func index(for snapshot: Snapshot) -> ExactIndex? {
        held(for: snapshot)?.index
    }

    /// The file of that index.
    func file(for snapshot: Snapshot) -> IndexFile? {
        held(for: snapshot)?.file
    }

    /// Takes a damaged index away.
    func discard(for snapshot: Snapshot) {
        guard let held = held(for: snapshot) else { return }
        folder.remove(held.file)
        state.withLock { $0.held = nil }
    }

    /// Whether so many rows are not covered that building is worth its time.
    func isWanting(_ snapshot: Snapshot) -> Bool {
        let rows = snapshot.state.rows
        guard rows >= Self.minimumRows else { return false }
        let covered = held(for: snapshot)?.file.rows ?? 0
        return covered == 0 || rows - covered > max(Self.minimumTail, covered / Self.tailShare)
    }

    /// Builds what is wanting; returns at once when another thread or process does.
    /// - Throws: ``StoreError``, `IndexError`, `MappedFileError`; searches go on without the index.
    func build(_ snapshot: Snapshot, threads: Int) throws {
        guard isWanting(snapshot) else { return }
        guard begin() else { return }
        defer { end() }
        guard let lock = try folder.lock() else { return }
        // Another process may have built it meanwhile.
        if isWanting(snapshot) { try place(made(snapshot, threads: threads), of: snapshot) }
        withExtendedLifetime(lock) {}
    }

    private func begin() -> Bool {
        state.withLock { state in
            defer { state.isBuilding = true }
            return !state.isBuilding
        }
    }

    private func end() {
        state.withLock { $0.isBuilding = false }
    }

    private func place(_ index: ExactIndex, of snapshot: Snapshot) throws {
        let file = IndexFile(
            kind: ExactIndex.kind, generation: snapshot.state.generation, rows: index.rowCount,
            digest: snapshot.vectors.digest(rows: index.rowCount))
        try folder.place(file) { try index.write(to: $0) }
        folder.clean(keeping: [file])
    }

    /// Extends the index at hand while the rows it learned from are at least half of all.
    private func made(_ snapshot: Snapshot, threads: Int) throws -> ExactIndex {
        let known = held(for: snapshot)
        return try snapshot.vectors.withRows { rows in
            let ids = snapshot.ids.span
            var index: ExactIndex
            if let known, 2 * known.file.rows >= snapshot.state.rows {
                index = known.index
            } else {
                index = try ExactIndex.train(
                    dimension: snapshot.state.model.dimension, metric: snapshot.state.model.metric, rows: rows,
                    ids: ids, options: .standard)
            }
            try index.add(rows: rows, ids: ids, threads: threads)
            return index
        }
    }

    private func held(for snapshot: Snapshot) -> Held? {
        let stamp = folder.stamp
        return state.withLock { state in
            if let held = state.held, state.stamp == stamp, fits(held.file, snapshot) { return held }
            state.held = stamp == nil ? nil : open(for: snapshot)
            state.stamp = stamp
            return state.held
        }
    }

    private func fits(_ file: IndexFile, _ snapshot: Snapshot) -> Bool {
        file.generation == snapshot.state.generation && file.rows <= snapshot.state.rows
    }

    private func open(for snapshot: Snapshot) -> Held? {
        for file in folder.files(generation: snapshot.state.generation)
        where file.kind == ExactIndex.kind && fits(file, snapshot) {
            do {
                guard file.digest == snapshot.vectors.digest(rows: file.rows) else { throw IndexError.damaged("rows") }
                let index = try ExactIndex(opening: folder.path(of: file))
                guard index.rowCount == file.rows, index.dimension == snapshot.state.model.dimension,
                    index.metric == snapshot.state.model.metric
                else { throw IndexError.damaged("shape") }
                return Held(file: file, index: index)
            } catch is IndexError {
                folder.remove(file)
            } catch {
                // It may be readable later.
                continue
            }
        }
        return nil
    }
}
