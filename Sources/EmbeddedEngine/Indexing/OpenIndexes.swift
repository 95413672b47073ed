import Catalog
import Foundation
import Indexes
import FileSystem
import SosiaCore
import Synchronization

/// An open index and its file.
struct OpenIndex: Sendable {
    let kind: IndexKind
    let file: IndexFile
    let index: any ErasedIndex
    /// What recall costs; nil for an exact index, and if it was not measured.
    let calibration: IndexCalibration?
}

/// The indexes of a collection: opened if they exist, built if that is worthwhile, discarded if they are damaged.
///
/// All of them are caches, so nothing here makes a search fail: without an index the plain scan answers.
final class OpenIndexes: Sendable {
    private struct State {
        var indexes: [OpenIndex] = []
        /// The state of the folder and of the collection when `indexes` was determined.
        var looked: (stamp: FileStamp, generation: Int64, rows: Int)?
        /// Whether there were indexes that covered too many rows for the snapshot.
        var passedOverLarger = false
    }

    let folder: IndexFolder
    /// The kinds to build and open, in order of preference.
    let kinds: [IndexKind]
    /// The same kinds, but exact ones first, because the others are calibrated against them.
    let exactFirst: [IndexKind]
    private let state = Mutex(State())
    private let builder = Mutex(())

    init(_ folder: IndexFolder, kinds: [IndexKind]) {
        self.folder = folder
        self.kinds = kinds
        exactFirst = kinds.filter(\.isExact) + kinds.filter { !$0.isExact }
    }

    /// For each kind the index that covers the most rows of a snapshot, in the order of ``kinds``.
    func indexes(for snapshot: Snapshot) -> [OpenIndex] {
        guard let stamp = folder.stamp else { return [] }
        let (generation, rows) = (snapshot.state.generation, snapshot.state.rows)
        return state.withLock { state in
            if let looked = state.looked, looked.stamp.isSameFile(as: stamp), looked.generation == generation,
                rows == looked.rows || rows > looked.rows && !state.passedOverLarger
            {
                return state.indexes
            }
            let files = folder.files(generation: generation)
            state.indexes = kinds.compactMap { open(files, of: $0, for: snapshot) }
            // Timestamps are coarse: another change within the same tick would go unnoticed.
            state.looked = stamp.isSettled ? (stamp, generation, rows) : nil
            state.passedOverLarger = files.contains { $0.rows > rows }
            return state.indexes
        }
    }

    /// Removes a damaged index.
    func discard(_ file: IndexFile) {
        folder.remove(file)
        state.withLock { $0.looked = nil }
    }

    /// Runs `body` while holding the lock for building, which only one thread of one process has at a time.
    /// - Parameter waiting: whether to wait for another thread; never waits for another process.
    /// - Throws: `StoreError` if the folder cannot be written; what `body` throws.
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

    private func open(_ files: [IndexFile], of kind: IndexKind, for snapshot: Snapshot) -> OpenIndex? {
        for file in files where file.kind == kind.name && file.rows <= snapshot.state.rows {
            do {
                guard file.digest == snapshot.vectors.digest(rows: file.rows) else {
                    throw IndexError.damaged("it is of other rows")
                }
                let index = try kind.open(folder.path(of: file))
                guard index.rowCount == file.rows, index.dimension == snapshot.state.model.dimension,
                    index.metric == snapshot.state.model.metric
                else { throw IndexError.damaged("it is of another shape") }
                let calibration = kind.isExact ? nil : folder.calibration(of: file, kind: kind)
                return OpenIndex(kind: kind, file: file, index: index, calibration: calibration)
            } catch is IndexError {
                folder.remove(file)
            } catch {
                // It may become readable later.
                continue
            }
        }
        return nil
    }
}

extension FileStamp {
    /// Nanoseconds; longer than the timestamp resolution of common file systems.
    private static let tick: Int64 = 100_000_000

    /// Whether any later change would give another stamp.
    fileprivate var isSettled: Bool {
        Int64(Date().timeIntervalSince1970 * 1e9) - modified > Self.tick
    }
}
