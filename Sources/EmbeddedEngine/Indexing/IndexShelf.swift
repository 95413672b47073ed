import Catalog
import Foundation
import Indexes
import FileSystem
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
        var looked: (stamp: FileStamp, generation: Int64, rows: Int)?
        /// Whether there were indexes that cover more rows than were asked for.
        var passedOverLarger = false
    }

    let folder: IndexFolder
    private let state = Mutex(State())
    private let builder = Mutex(())

    init(_ folder: IndexFolder) {
        self.folder = folder
    }

    /// The indexes that cover most of a snapshot's rows.
    func indexes(for snapshot: Snapshot) -> Indexes {
        guard let stamp = folder.stamp else { return Indexes() }
        let (generation, rows) = (snapshot.state.generation, snapshot.state.rows)
        return state.withLock { state in
            if let looked = state.looked, looked.stamp.isSameFile(as: stamp), looked.generation == generation,
                rows == looked.rows || rows > looked.rows && !state.passedOverLarger
            {
                return state.indexes
            }
            let files = folder.files(generation: generation)
            state.indexes = Indexes(
                exact: open(files, for: snapshot), graph: open(files, for: snapshot), calibration: nil)
            if let file = state.indexes.graph?.file { state.indexes.calibration = folder.calibration(of: file) }
            // File systems keep times in ticks: what changes the folder in the same tick would go unseen.
            state.looked = stamp.isSettled ? (stamp, generation, rows) : nil
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

    /// Runs `body` with the right to build, which one thread of one process has at a time.
    /// - Parameter waiting: whether to wait for another thread; another process is not waited for.
    /// - Throws: ``StoreError`` when the folder cannot be written; what `body` throws.
    func building(waiting: Bool, _ body: () throws -> Void) throws {
        func locked() throws {
            guard let lock = try folder.lock() else { return }
            defer { withExtendedLifetime(lock) {} }
            try body()
        }
        if waiting {
            try builder.withLock { _ in try locked() }
        } else {
            _ = try builder.withLockIfAvailable { _ in try locked() }
        }
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

extension FileStamp {
    /// Longer than the tick of any file system's clock, nanoseconds.
    private static let tick: Int64 = 100_000_000

    /// Whether a change from now on would give another stamp.
    fileprivate var isSettled: Bool {
        Int64(Date().timeIntervalSince1970 * 1e9) - modified > Self.tick
    }
}
