import Catalog
import FileSystem
import Foundation
import SosiaCore

extension CollectionWriter {
    /// Mends damaged records, then removes pictures whose vectors are unreadable or differ from what was written, and
    /// rewrites the others.
    ///
    /// Searches no longer find removed pictures, but their ids and attributes are kept: adding one of their files embeds
    /// them again. Only the checksums in the catalog count; nothing else of the vector file needs to be intact. As in a
    /// compaction, the catalog's transaction is the commit point.
    func repair(reading facts: FactsReading, progress: @escaping WorkProgress) async throws -> RepairReport {
        let damaged = try catalog.beginRepair()
        var records: [RecordRepair] = []
        for record in damaged {
            try Task.checkCancellation()
            let origin = try catalog.origins(of: [record.id]).first ?? nil
            var read: PictureFacts?
            if let origin { read = await facts(origin) }
            records.append(RecordRepair(id: record.id, outcome: try catalog.mend(record, reading: read)))
        }
        vectors = nil
        let report = try Repair(files: files, catalog: catalog, progress: progress).run()
        try openVectors()
        return RepairReport(pictures: report.pictures, lost: report.lost, records: records)
    }
}

private struct Repair {
    let files: CollectionFiles
    let catalog: Catalog
    let progress: WorkProgress

    func run() throws -> RepairReport {
        guard let (state, rows) = try catalog.stateAndRows() else {
            throw StoreError.damaged(path: files.catalog, reason: "it does not describe a collection")
        }
        let generation = try finishCompaction(state)
        let file = DamagedVectorFile(files.vectors, dimension: state.model.dimension)
        let isGood = try rows.enumerated().map { position, row in
            try Task.checkCancellation()
            progress(position, rows.count)
            return file.row(row.slot, checksum: row.checksum) != nil
        }
        let good = zip(rows, isGood).filter(\.1).map(\.0)
        let bad = zip(rows, isGood).filter { !$0.1 }.map(\.0)
        let problems = try catalog.slotProblems()
        if !bad.isEmpty || !problems.isEmpty || !isWhole(state) {
            try write(good, of: file, state, generation: generation)
            try catalog.adopt(generation: generation, rows: good, losing: bad)
            try files.adoptNextVectors()
        }
        progress(rows.count, rows.count)
        return RepairReport(pictures: good.count, lost: try catalog.lost(after: nil, limit: .max))
    }

    /// Completes a compaction that a crash interrupted after its commit.
    /// - Returns: a generation that no file has yet.
    private func finishCompaction(_ state: CatalogState) throws -> Int64 {
        let next = try? VectorFile.header(files.nextVectors)
        let present = try? VectorFile.header(files.vectors)
        for header in [next, present].compactMap({ $0 }) where header.dimension != state.model.dimension {
            throw StoreError.damaged(
                path: files.catalog,
                reason: "it names \(state.model.dimension) dimensions, the vectors have \(header.dimension)")
        }
        if present?.generation != state.generation, next?.generation == state.generation {
            try files.adoptNextVectors()
        }
        let last = max(state.generation, next?.generation ?? 0, present?.generation ?? 0)
        return last < .max ? last + 1 : 1
    }

    private func isWhole(_ state: CatalogState) -> Bool {
        let file = try? VectorFile(
            files, generation: state.generation, dimension: state.model.dimension, rowCount: state.rows)
        return file != nil
    }

    private func write(
        _ rows: [NamedRow], of file: borrowing DamagedVectorFile, _ state: CatalogState, generation: Int64
    ) throws {
        do {
            let target = try VectorFileWriter(
                creating: files.nextVectors,
                header: VectorFileHeader(dimension: state.model.dimension, generation: generation))
            let step = max(1, VectorFileWriter.blockBytes / state.model.dimension / MemoryLayout<Float>.size)
            for start in stride(from: 0, to: rows.count, by: step) {
                try Task.checkCancellation()
                let block = rows[start..<min(start + step, rows.count)]
                let vectors = block.compactMap { file.row($0.slot, checksum: $0.checksum) }
                guard vectors.count == block.count else {
                    throw StoreError.failed(path: files.vectors, reason: "it changed while it was being read")
                }
                try target.write(vectors, from: start)
            }
            try target.synchronize()
        } catch {
            unlink(files.nextVectors)
            throw error
        }
    }
}

/// The rows of a vector file that cannot be trusted, not even its header and length.
struct DamagedVectorFile: ~Copyable {
    private let file: FileReader?
    private let rowBytes: Int

    /// A file that cannot be opened has no readable rows.
    init(_ path: String, dimension: Int) {
        let (bytes, overflows) = dimension.multipliedReportingOverflow(by: MemoryLayout<Float>.size)
        rowBytes = overflows ? 0 : bytes
        do throws(FileError) {
            file = try FileReader(path)
        } catch {
            file = nil
        }
    }

    /// - Returns: nil unless the whole row can be read, has this checksum and consists of finite numbers.
    func row(_ slot: Int, checksum: UInt32) -> VectorRow? {
        let (distance, overflows) = slot.multipliedReportingOverflow(by: rowBytes)
        guard slot >= 0, rowBytes > 0, !overflows, distance < Int.max - VectorFileHeader.byteCount else { return nil }
        // A block that the disk cannot read is as lost as one that does not exist.
        let bytes = try? file?.bytes(at: VectorFileHeader.byteCount + distance, count: rowBytes)
        guard let bytes, bytes.count == rowBytes else { return nil }
        let row = VectorRow(bytes: bytes)
        return row.checksum == checksum && row.values.allSatisfy(\.isFinite) ? row : nil
    }
}
