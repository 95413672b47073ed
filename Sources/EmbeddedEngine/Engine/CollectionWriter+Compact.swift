import Catalog
import Foundation
import SosiaCore

extension CollectionWriter {
    /// Writes the live rows, ordered by id, as the next generation and lets the catalog adopt it.
    ///
    /// The catalog's transaction is the commit point. A crash before it leaves the old generation in use; after a crash
    /// behind it, the next writer completes the compaction.
    /// - Parameters:
    ///   - vacuum: returns the catalog's unused space. It needs space for a second catalog, so it may fail although
    ///     everything else succeeded.
    ///   - progress: receives the number of rows written so far and in total.
    func compact(
        vacuum: @Sendable (Catalog) throws -> Void = { try $0.vacuum() },
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> CompactionReport {
        try openVectors()
        let before = bytes
        let rows = try catalog.namedRows()
        guard let state = try catalog.state() else { throw StoreError.missing(path: files.root) }
        let generation = state.generation + 1
        do {
            try copy(rows, from: state, generation: generation, progress)
        } catch {
            unlink(files.nextVectors)
            throw error
        }
        // Whatever fails from here on, what writes next finds out which generation counts.
        vectors = nil
        try catalog.adopt(generation: generation, rows: rows)
        try openVectors()
        var failure: StoreError?
        do {
            try vacuum(catalog)
        } catch let error as StoreError {
            failure = error
        }
        return CompactionReport(
            pictures: rows.count, bytesBefore: before, bytesAfter: bytes, ledgerError: failure)
    }

    private func copy(
        _ rows: [NamedRow], from state: CatalogState, generation: Int64, _ progress: @Sendable (Int, Int) -> Void
    ) throws {
        let source = try VectorFile(
            files, generation: state.generation, dimension: state.model.dimension, rowCount: state.rows)
        let target = try VectorFileWriter(
            creating: files.nextVectors,
            header: VectorFileHeader(dimension: state.model.dimension, generation: generation))
        let step = max(1, VectorFileWriter.blockBytes / (state.model.dimension * MemoryLayout<Float>.size))
        for start in stride(from: 0, to: rows.count, by: step) {
            try Task.checkCancellation()
            let block = try rows[start..<min(start + step, rows.count)].map { row in
                guard (0..<source.rowCount).contains(row.slot) else {
                    throw StoreError.damaged(
                        path: files.catalog,
                        reason: "picture \(row.id) has row \(row.slot), there are \(source.rowCount)")
                }
                let vector = source.row(row.slot)
                guard vector.checksum == row.checksum else {
                    throw StoreError.vectorsDamaged(
                        path: files.vectors, reason: "the vector of picture \(row.id) is not what was written")
                }
                return vector
            }
            try target.write(block, from: start)
            progress(start + block.count, rows.count)
        }
        try target.synchronize()
    }

    private var bytes: Int64 { files.bytes(of: files.catalog) + files.bytes(of: files.vectors) }
}
