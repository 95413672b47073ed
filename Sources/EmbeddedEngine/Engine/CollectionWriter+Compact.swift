import Catalog
import FileSystem
import Foundation
import SosiaCore

/// What ``Store/compact()`` gave back.
public struct CompactionReport: Sendable, Hashable {
    public let pictures: Int
    /// Bytes of all files of the truth before and after.
    public let bytesBefore: Int64
    public let bytesAfter: Int64
    /// Why the catalog kept its size; nil when it did not. The compaction itself is done.
    public let catalogError: StoreError?
}

extension CollectionWriter {
    /// Writes the live rows, in the order of their ids, as the next generation and lets the catalog adopt it.
    ///
    /// The catalog's transaction is the commit point; a crash before it leaves the old generation, one after it is
    /// finished by the next writer.
    /// - Parameters:
    ///   - vacuum: gives the catalog's unused space back. It needs room for a second catalog, so it may fail where all
    ///     else went well.
    ///   - progress: is called with the rows that are written and all that will be.
    func compact(
        vacuum: @Sendable (Catalog) throws -> Void = { try $0.vacuum() },
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> CompactionReport {
        let before = bytes
        let rows = try writing { try catalog.namedRows() }
        guard let state = try writing({ try catalog.state() }) else { throw StoreError.missing(path: layout.root) }
        let generation = state.generation + 1
        do {
            try copy(rows, from: state, generation: generation, progress)
        } catch {
            unlink(layout.nextVectors)
            throw error
        }
        try writing { try catalog.adopt(generation: generation, rows: rows) }
        try layout.adoptNextVectors()
        try reopenVectors()
        var failure: StoreError?
        do {
            try writing { try vacuum(catalog) }
        } catch let error as StoreError {
            failure = error
        }
        return CompactionReport(
            pictures: rows.count, bytesBefore: before, bytesAfter: bytes, catalogError: failure)
    }

    private func copy(
        _ rows: [NamedRow], from state: CatalogState, generation: Int64, _ progress: @Sendable (Int, Int) -> Void
    ) throws {
        let source = try VectorFile(
            layout, generation: state.generation, dimension: state.model.dimension, rowCount: state.rows)
        let target = try VectorFileWriter(
            creating: layout.nextVectors,
            header: VectorFileHeader(dimension: state.model.dimension, generation: generation))
        let step = max(1, VectorFileWriter.blockBytes / (state.model.dimension * MemoryLayout<Float>.size))
        for start in stride(from: 0, to: rows.count, by: step) {
            let block = try rows[start..<min(start + step, rows.count)].map { row in
                guard (0..<source.rowCount).contains(row.slot) else {
                    throw StoreError.damaged(
                        path: layout.catalog,
                        reason: "picture \(row.id) has row \(row.slot), there are \(source.rowCount)")
                }
                let vector = source.row(row.slot)
                guard vector.checksum == row.checksum else {
                    throw StoreError.vectorsDamaged(
                        path: layout.vectors, reason: "the vector of picture \(row.id) is not what was written")
                }
                return vector
            }
            try target.write(block, from: start)
            progress(start + block.count, rows.count)
        }
        try target.synchronize()
    }

    private var bytes: Int64 {
        [layout.catalog, layout.vectors].reduce(0) { sum, path in
            sum + ((try? FileStatus(path: path).stamp.size) ?? 0)
        }
    }
}
