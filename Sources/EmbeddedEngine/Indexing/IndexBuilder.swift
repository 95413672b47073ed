import Catalog
import Indexes
import FileSystem
import SosiaCore

/// Makes the indexes of one snapshot.
struct IndexBuilder: Sendable {
    let shelf: IndexShelf
    let snapshot: Snapshot
    let threads: Int
    let budget: MemoryBudget?
    /// Called with the rows that are in the new indexes and all that will be.
    var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    /// Rows of the exact index that are coded before the progress is told. A graph is better when it is made at once.
    private static let step = 65_536

    /// Whether an index is missing that would pay, or one that is there covers too little.
    func isWanting(graph: Bool) -> Bool {
        let known = shelf.indexes(for: snapshot)
        let rows = snapshot.state.rows
        if IndexShelf.isWanting(known.exact?.file, rows: rows) { return true }
        guard graph || known.graph != nil || SearchPlanner.graphPays(snapshot.state) else { return false }
        return IndexShelf.isWanting(known.graph?.file, rows: rows)
            || known.graph != nil && known.calibration == nil
    }

    /// Builds what is wanting; returns at once when another process does.
    /// - Parameter waiting: whether to wait when another thread does.
    /// - Throws: ``StoreError``, `IndexError`, `FileError`; searches go on without the index.
    func build(graph: Bool, waiting: Bool) throws {
        guard isWanting(graph: graph) else { return }
        // A build holds copies of codes and links, and what follows does not.
        defer { FreedMemory.giveBack() }
        try shelf.building(waiting: waiting) {
            // Another one may have built it meanwhile.
            guard isWanting(graph: graph) else { return }
            let known = shelf.indexes(for: snapshot)
            let rows = snapshot.state.rows
            let needsExact = IndexShelf.isWanting(known.exact?.file, rows: rows)
            let needsGraph = graph || known.graph != nil || SearchPlanner.graphPays(snapshot.state)
            let addsGraph = needsGraph && IndexShelf.isWanting(known.graph?.file, rows: rows)
            let total = (needsExact ? rows : 0) + (addsGraph ? rows : 0)
            if needsExact {
                try place(try extended(known.exact, options: .standard) { progress($0, total) })
            }
            if addsGraph {
                let before = total - rows
                try place(
                    try extended(known.graph, options: GraphBuildOptions(threads: threads)) {
                        progress(before + $0, total)
                    })
            }
            if needsGraph { try calibrate() }
            let kept = shelf.indexes(for: snapshot)
            shelf.folder.clean(keeping: [kept.exact?.file, kept.graph?.file].compactMap(\.self))
        }
    }

    /// The index at hand with what came and went since, while it covers at least half of all rows; else a new one.
    private func extended<Index: VectorIndex>(
        _ known: IndexShelf.Held<Index>?, options: Index.BuildOptions, _ added: (Int) -> Void
    ) throws -> Index {
        try snapshot.vectors.withRows { rows in
            let ids = snapshot.ids.span
            var index: Index
            if let known, 2 * known.file.rows >= snapshot.state.rows {
                index = known.index
                try index.remove(rows: (0..<known.file.rows).filter { ids[$0] == 0 })
            } else {
                index = try Index.train(
                    dimension: snapshot.state.model.dimension, metric: snapshot.state.model.metric, rows: rows,
                    ids: ids, options: options, threads: threads)
            }
            try add(rows, to: &index, added)
            return index
        }
    }

    /// Codes the rows in parts that the budget allows.
    private func add(_ rows: RawSpan, to index: inout some VectorIndex, _ added: (Int) -> Void) throws {
        let rowBytes = snapshot.state.model.dimension * MemoryLayout<Float>.size
        let allowed = budget.map { $0.stride / rowBytes } ?? snapshot.state.rows
        let step = max(1, index is ExactIndex ? min(allowed, Self.step) : allowed)
        while index.rowCount < snapshot.state.rows {
            let count = min(index.rowCount + step, snapshot.state.rows)
            try index.add(
                rows: rows.extracting(0..<count * rowBytes), ids: snapshot.ids.span.extracting(0..<count),
                threads: threads)
            snapshot.vectors.hold(budget)
            added(index.rowCount)
        }
    }

    private func place<Index: VectorIndex>(_ index: Index) throws {
        let file = IndexFile(
            kind: Index.kind, generation: snapshot.state.generation, rows: index.rowCount,
            digest: snapshot.vectors.digest(rows: index.rowCount))
        try shelf.folder.place(file.name) { try index.write(to: $0) }
    }

    private func calibrate() throws {
        let known = shelf.indexes(for: snapshot)
        guard known.calibration == nil, let exact = known.exact, let graph = known.graph else { return }
        let calibration = try Calibration(of: graph.index, against: exact.index, snapshot: snapshot)
        try shelf.folder.place(graph.file.calibrationName) { path in
            try calibration.write(to: path)
        }
    }
}
