import Catalog
import FileSystem
import Foundation
public import SosiaCore

/// What ``Store/repair(_:)`` did.
public struct RepairReport: Sendable, Hashable {
    /// A picture whose vector could not be read.
    public struct Lost: Sendable, Hashable {
        public let id: ImageID
        /// Where it was seen. Adding one of these files brings it back with its id and attributes.
        public let sources: [String]
    }

    /// Pictures whose vectors are as they were written.
    public let pictures: Int
    /// Pictures that were taken out now or before, and wait for their files.
    public let lost: [Lost]
}

extension Store {
    /// Takes the pictures out whose vectors cannot be read or are not what was written, and writes the others anew.
    ///
    /// What was taken out is found no more, but keeps its id and attributes: adding one of its files embeds it again.
    /// The checksums in the catalog decide; nothing else of the vector file has to be whole. As in a compaction, the
    /// catalog's transaction is the commit point.
    /// - Parameter path: the collection's folder; nobody else may be writing to it.
    /// - Throws: ``StoreError``; nothing was changed then.
    public static func repair(_ path: String) throws -> RepairReport {
        let layout = StoreLayout(root: AbsolutePath.of(path))
        guard FileManager.default.fileExists(atPath: layout.catalog) else {
            throw StoreError.missing(path: layout.root)
        }
        let lock = try layout.takeLock()
        defer { withExtendedLifetime(lock) {} }
        do {
            return try Repair(layout: layout, catalog: Catalog(path: layout.catalog, access: .write)).run()
        } catch let error as CatalogError {
            throw StoreError(error)
        }
    }
}

private struct Repair {
    let layout: StoreLayout
    let catalog: Catalog

    func run() throws -> RepairReport {
        guard let (state, rows) = try catalog.stateAndRows() else {
            throw StoreError.damaged(path: layout.catalog, reason: "it does not describe a collection")
        }
        let generation = try finishCompaction(state)
        let file = DamagedVectorFile(layout.vectors, dimension: state.model.dimension)
        let isGood = rows.map { file.row($0.slot, checksum: $0.checksum) != nil }
        let good = zip(rows, isGood).filter(\.1).map(\.0)
        let bad = zip(rows, isGood).filter { !$0.1 }.map(\.0)
        let problems = try catalog.slotProblems()
        if !bad.isEmpty || !problems.isEmpty || !isWhole(state) {
            try write(good, of: file, state, generation: generation)
            try catalog.adopt(generation: generation, rows: good, losing: bad)
            try layout.adoptNextVectors()
        }
        let lost = try catalog.lost().map { RepairReport.Lost(id: $0.id, sources: $0.locations) }
        return RepairReport(pictures: good.count, lost: lost)
    }

    /// Puts the generation that the catalog names in place, where a crash came between.
    /// - Returns: a generation that no file has.
    private func finishCompaction(_ state: CatalogState) throws -> Int64 {
        let next = try? VectorFile.header(layout.nextVectors)
        let present = try? VectorFile.header(layout.vectors)
        for header in [next, present].compactMap({ $0 }) where header.dimension != state.model.dimension {
            throw StoreError.damaged(
                path: layout.catalog,
                reason: "it names \(state.model.dimension) dimensions, the vectors have \(header.dimension)")
        }
        if present?.generation != state.generation, next?.generation == state.generation {
            try layout.adoptNextVectors()
        }
        let last = max(state.generation, next?.generation ?? 0, present?.generation ?? 0)
        return last < .max ? last + 1 : 1
    }

    private func isWhole(_ state: CatalogState) -> Bool {
        let file = try? VectorFile(
            layout, generation: state.generation, dimension: state.model.dimension, rowCount: state.rows)
        return file != nil
    }

    private func write(
        _ rows: [NamedRow], of file: DamagedVectorFile, _ state: CatalogState, generation: Int64
    ) throws {
        do {
            let target = try VectorFileWriter(
                creating: layout.nextVectors,
                header: VectorFileHeader(dimension: state.model.dimension, generation: generation))
            let step = max(1, VectorFileWriter.blockBytes / state.model.dimension / MemoryLayout<Float>.size)
            for start in stride(from: 0, to: rows.count, by: step) {
                let block = rows[start..<min(start + step, rows.count)]
                let vectors = block.compactMap { file.row($0.slot, checksum: $0.checksum) }
                guard vectors.count == block.count else {
                    throw StoreError.failed(path: layout.vectors, reason: "it changed while it was being read")
                }
                try target.write(vectors, from: start)
            }
            try target.synchronize()
        } catch {
            unlink(layout.nextVectors)
            throw error
        }
    }
}
