import Catalog
import Indexes
import FileSystem
import SosiaCore

/// Builds the indexes of one snapshot.
struct IndexBuilder: Sendable {
    let open: OpenIndexes
    let snapshot: Snapshot
    let demand: IndexDemand
    let threads: Int
    let budget: MemoryBudget?
    /// Receives the number of rows indexed so far and in total.
    var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }

    /// What to do for one kind of index.
    private struct Work {
        let kind: IndexKind
        /// The existing index.
        let known: OpenIndex?
        let isBuilt: Bool
    }

    /// Whether a worthwhile index is missing, or an existing one covers too few rows or has no calibration.
    var isWanting: Bool {
        let there = open.indexes(for: snapshot)
        return open.exactFirst.contains { work(on: $0, there) != nil }
    }

    /// Builds what is missing; returns immediately if another process is building.
    /// - Parameter waiting: whether to wait if another thread is building.
    /// - Throws: `StoreError`, `IndexError`, `FileError`; searches continue without the index.
    func build(waiting: Bool) throws {
        guard isWanting else { return }
        // Building needs memory for copies of codes and links that nothing after it needs.
        defer { FreedMemory.giveBack() }
        try open.building(waiting: waiting) {
            // Another thread or process may have built it in the meantime.
            let work = work
            guard !work.isEmpty else { return }
            let rows = snapshot.state.rows
            let total = work.count(where: \.isBuilt) * rows
            var done = 0
            for work in work where work.isBuilt {
                try place(try built(work) { progress(done + $0, total) }, work.kind)
                done += rows
            }
            for work in work where !work.kind.isExact { try calibrate(work.kind) }
            open.folder.clean(open.kinds, keeping: open.indexes(for: snapshot).map(\.file))
        }
    }

    private var work: [Work] {
        let there = open.indexes(for: snapshot)
        return open.exactFirst.compactMap { work(on: $0, there) }
    }

    private func work(on kind: IndexKind, _ there: [OpenIndex]) -> Work? {
        let known = there.first { $0.kind.name == kind.name }
        guard known != nil || isDemanded(kind) else { return nil }
        let isBuilt = kind.upkeep.isDue(rows: snapshot.state.rows, covered: known?.file.rows)
        let isUncalibrated = known.map { !kind.isExact && $0.calibration == nil } ?? false
        return isBuilt || isUncalibrated ? Work(kind: kind, known: known, isBuilt: isBuilt) : nil
    }

    private func isDemanded(_ kind: IndexKind) -> Bool {
        if kind.upkeep.pays(rows: snapshot.state.rows, dimension: snapshot.state.model.dimension) { return true }
        return switch demand {
        case .whatPays: false
        case .approximate: kind.name == open.kinds.first { !$0.isExact }?.name
        case .named(let name): kind.name == name
        }
    }

    /// The existing index, brought up to date, or a new one.
    private func built(_ work: Work, _ added: (Int) -> Void) throws -> any ErasedIndex {
        try snapshot.vectors.withRows { rows in
            let ids = snapshot.ids.span
            var index: any ErasedIndex
            if let known = work.known,
                work.kind.upkeep.isExtended(rows: snapshot.state.rows, covered: known.file.rows)
            {
                index = known.index
                try index.remove(rows: (0..<known.file.rows).filter { ids[$0] == 0 })
            } else {
                index = try work.kind.train(
                    dimension: snapshot.state.model.dimension, metric: snapshot.state.model.metric, rows: rows,
                    ids: ids, threads: threads)
            }
            try add(rows, to: &index, atOnce: work.kind.upkeep.rowsAtOnce, added)
            return index
        }
    }

    /// Adds the rows in parts that fit the budget.
    private func add(
        _ rows: RawSpan, to index: inout any ErasedIndex, atOnce: Int?, _ added: (Int) -> Void
    ) throws {
        let rowBytes = snapshot.state.model.dimension * MemoryLayout<Float>.size
        let allowed = budget.map { $0.stride / rowBytes } ?? snapshot.state.rows
        let step = max(1, atOnce.map { min(allowed, $0) } ?? allowed)
        while index.rowCount < snapshot.state.rows {
            try Task.checkCancellation()
            let count = min(index.rowCount + step, snapshot.state.rows)
            try index.add(
                rows: rows.extracting(0..<count * rowBytes), ids: snapshot.ids.span.extracting(0..<count),
                threads: threads)
            snapshot.vectors.hold(budget)
            added(index.rowCount)
        }
    }

    private func place(_ index: any ErasedIndex, _ kind: IndexKind) throws {
        let file = IndexFile(
            kind: kind.name, generation: snapshot.state.generation, rows: index.rowCount,
            digest: snapshot.vectors.digest(rows: index.rowCount))
        try open.folder.place(file.name) { try index.write(to: $0) }
    }

    private func calibrate(_ kind: IndexKind) throws {
        let known = open.indexes(for: snapshot)
        guard let index = known.first(where: { $0.kind.name == kind.name }), index.calibration == nil else { return }
        let exact = SearchPlanner(indexes: known, kinds: open.kinds, state: snapshot.state).exact
        try open.folder.place(IndexCalibration(of: index, against: exact, snapshot: snapshot), of: index.file)
    }
}
