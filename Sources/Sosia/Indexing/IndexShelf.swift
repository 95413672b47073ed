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

    /// An open index and the file it lies in.
    struct Held<Index: VectorIndex>: Sendable {
        let file: IndexFile
        let index: Index
    }

    /// The indexes that fit to a snapshot.
    struct Indexes: Sendable {
        var exact: Held<ExactIndex>?
        var graph: Held<GraphIndex>?
        /// How wide the walks in `graph` must be; nil when that was not measured.
        var calibration: Calibration?
    }

    private struct State {
        var indexes = Indexes()
        /// The folder, and what of the collection was asked for, when `indexes` was looked for.
        var looked: (stamp: ImageSource.Stamp, generation: Int64, rows: Int)?
        /// Whether there were indexes that cover more rows than were asked for.
        var passedOverLarger = false
        var isBuilding = false
    }

    let folder: IndexFolder
    private let state = Mutex(State())

    init(_ folder: IndexFolder) {
        self.folder = folder
    }

    /// The indexes that cover most of a snapshot's rows.
    func indexes(for snapshot: Snapshot) -> Indexes {
        guard let stamp = folder.stamp else { return Indexes() }
        let (generation, rows) = (snapshot.state.generation, snapshot.state.rows)
        return state.withLock { state in
            if let looked = state.looked, looked.stamp == stamp, looked.generation == generation,
                rows == looked.rows || rows > looked.rows && !state.passedOverLarger
            {
                return state.indexes
            }
            let files = folder.files(generation: generation)
            state.indexes = Indexes(
                exact: open(files, for: snapshot), graph: open(files, for: snapshot), calibration: nil)
            if let file = state.indexes.graph?.file { state.indexes.calibration = folder.calibration(of: file) }
            state.looked = (stamp, generation, rows)
            state.passedOverLarger = files.contains { $0.rows > rows }
            return state.indexes
        }
    }

    /// Takes damaged indexes away.
    func discard(_ file: IndexFile) {
        folder.remove(file)
        state.withLock { $0.looked = nil }
    }

    /// Whether so many rows are not covered that building is worth its time.
    static func isWanting(_ file: IndexFile?, rows: Int) -> Bool {
        guard rows >= minimumRows else { return false }
        guard let file else { return true }
        return rows - file.rows > max(minimumTail, file.rows / tailShare)
    }

    /// The right of one thread of one process to build.
    /// - Returns: nil when another one has it, or `body`'s result.
    /// - Throws: ``StoreError`` when the folder cannot be written; what `body` throws.
    func building<Result>(_ body: () throws -> Result) throws -> Result? {
        let mine = state.withLock { state in
            defer { state.isBuilding = true }
            return !state.isBuilding
        }
        guard mine else { return nil }
        defer { state.withLock { $0.isBuilding = false } }
        guard let lock = try folder.lock() else { return nil }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    private func open<Index: VectorIndex>(_ files: [IndexFile], for snapshot: Snapshot) -> Held<Index>? {
        for file in files where file.kind == Index.kind && file.rows <= snapshot.state.rows {
            do {
                guard file.digest == snapshot.vectors.digest(rows: file.rows) else {
                    throw IndexError.damaged("it is of other rows")
                }
                let index = try Index(opening: folder.path(of: file))
                guard index.rowCount == file.rows, index.dimension == snapshot.state.model.dimension,
                    index.metric == snapshot.state.model.metric
                else { throw IndexError.damaged("it is of another shape") }
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
