import Foundation
import Indexes
import SosiaCore
import Testing

/// What every index must do, exact or not; each check takes the index's own options.
struct IndexConformance<Index: VectorIndex> {
    let build: Index.BuildOptions
    let search: Index.SearchOptions

    /// Training on the first rows, adding those, then adding the rest.
    func index(of set: VectorSet, metric: Metric) throws -> Index {
        let bytes = set.rows.span.bytes
        let some = bytes.extracting(0..<set.trained * set.dimension * MemoryLayout<Float>.size)
        let someIDs = set.ids.span.extracting(0..<set.trained)
        var index = try Index.train(
            dimension: set.dimension, metric: metric, rows: some, ids: someIDs, options: build, threads: 2)
        #expect(index.rowCount == 0)
        try index.add(rows: some, ids: someIDs)
        #expect(index.rowCount == set.trained)
        try index.add(rows: bytes, ids: set.ids.span)
        #expect(index.rowCount == set.count)
        #expect(index.dimension == set.dimension && index.metric == metric)
        return index
    }

    func answers(_ index: Index, _ set: VectorSet, k: Int) throws -> [NeighborList] {
        try index.search(set.queries.span, k: k, rows: set.rows.span.bytes, ids: set.ids.span, options: search)
    }

    /// Distances are those of brute force, in order, of live rows, none twice; an exact index gives all of them.
    func checkAnswers(_ set: VectorSet, metric: Metric) throws {
        let index = try index(of: set, metric: metric)
        for k in [1, 10, set.count + 5] {
            let lists = try answers(index, set, k: k)
            let expected = try FlatScan.search(
                set.queries.span, k: k, metric: metric, dimension: set.dimension, rows: set.rows.span.bytes,
                ids: set.ids.span)
            #expect(lists.count == set.queryCount)
            for (got, wanted) in zip(lists, expected) {
                if Index.isExact {
                    #expect(got.neighbors == wanted.neighbors, "\(set.name), \(metric), k \(k)")
                }
                #expect(got.neighbors == got.neighbors.sorted())
                #expect(Set(got.neighbors.map(\.row)).count == got.neighbors.count)
                #expect(got.neighbors.allSatisfy { set.ids[$0.row] == $0.id && $0.id != 0 })
                #expect(got.neighbors.count <= k)
            }
        }
    }

    /// A batch gives what its queries give one at a time.
    func checkBatch(_ set: VectorSet, metric: Metric) throws {
        let index = try index(of: set, metric: metric)
        let batch = try answers(index, set, k: 5)
        for query in 0..<set.queryCount {
            let vector = set.queries.span.extracting(query * set.dimension..<(query + 1) * set.dimension)
            let one = try index.search(
                vector, k: 5, rows: set.rows.span.bytes, ids: set.ids.span, options: search)
            #expect(one[0].neighbors == batch[query].neighbors)
        }
    }

    /// Only allowed rows are found, and of an exact index all of those that brute force finds among them.
    func checkFilters(_ set: VectorSet, metric: Metric) throws {
        let index = try index(of: set, metric: metric)
        var generator = SplitMix(seed: 21)
        for share in [0, 0.01, 0.1, 0.5, 1] {
            let rows = (0..<set.count).filter { _ in Double.random(in: 0..<1, using: &generator) < share }
            let allowed = RowFilter(rows: rows, of: set.count)
            #expect(allowed.count == rows.count)
            let lists = try index.search(
                set.queries.span, k: 6, rows: set.rows.span.bytes, ids: set.ids.span, allowed: allowed,
                options: search)
            let expected = try FlatScan.search(
                set.queries.span, k: 6, metric: metric, dimension: set.dimension, rows: set.rows.span.bytes,
                ids: allowed.masking(set.ids.span).span)
            #expect(lists.count == set.queryCount)
            for (got, wanted) in zip(lists, expected) {
                if Index.isExact { #expect(got.neighbors == wanted.neighbors, "\(set.name), \(metric), \(share)") }
                #expect(got.neighbors.allSatisfy { allowed.contains($0.row) && $0.id != 0 })
            }
        }
    }

    /// Rows behind those that the index covers are found; rows that die are not.
    func checkTailAndDeath(_ set: VectorSet, metric: Metric) throws {
        let bytes = set.rows.span.bytes
        let some = bytes.extracting(0..<set.trained * set.dimension * MemoryLayout<Float>.size)
        let someIDs = set.ids.span.extracting(0..<set.trained)
        var index = try Index.train(
            dimension: set.dimension, metric: metric, rows: some, ids: someIDs, options: build, threads: 2)
        try index.add(rows: some, ids: someIDs)
        let whole = try self.index(of: set, metric: metric)
        if Index.isExact {
            #expect(try answers(index, set, k: 7).map(\.neighbors) == answers(whole, set, k: 7).map(\.neighbors))
        }
        var died = set
        let victims = try answers(index, set, k: 3).flatMap { $0.neighbors.map(\.row) }
        for row in victims { died.ids[row] = 0 }
        try index.remove(rows: victims.filter { $0 < set.trained })
        let left = try answers(index, died, k: 7)
        #expect(left.allSatisfy { $0.neighbors.allSatisfy { !victims.contains($0.row) } })
    }

    /// What is written opens and answers the same; it can be added to.
    func checkFile(_ set: VectorSet, metric: Metric) throws {
        let index = try index(of: set, metric: metric)
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "index").path
            try index.write(to: path)
            var opened = try Index(opening: path)
            #expect(opened.dimension == index.dimension && opened.metric == metric)
            #expect(opened.rowCount == index.rowCount)
            #expect(try answers(opened, set, k: 10) == answers(index, set, k: 10))
            var longer = set
            longer.rows += set.rows
            longer.ids += set.ids.map { $0 == 0 ? 0 : $0 + 100_000 }
            try opened.add(rows: longer.rows.span.bytes, ids: longer.ids.span)
            #expect(opened.rowCount == longer.count)
            try opened.write(to: path + "2")
            let again = try Index(opening: path + "2")
            #expect(try answers(again, longer, k: 10) == answers(opened, longer, k: 10))
        }
    }

    /// Every changed byte and every truncation of a small file is noticed.
    func checkDamage(_ set: VectorSet, metric: Metric) throws {
        let index = try index(of: set, metric: metric)
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "index").path
            try index.write(to: path)
            let intact = try Data(contentsOf: URL(filePath: path))
            let damagedPath = folder.appending(path: "damaged")
            for position in intact.indices {
                var damaged = intact
                damaged[position] ^= position % 2 == 0 ? 0x01 : 0x80
                try damaged.write(to: damagedPath)
                #expect(throws: (any Error).self, "byte \(position)") {
                    _ = try answers(Index(opening: damagedPath.path), set, k: 3)
                }
            }
            for length in intact.indices {
                try intact[..<length].write(to: damagedPath)
                #expect(throws: (any Error).self, "length \(length)") {
                    _ = try answers(Index(opening: damagedPath.path), set, k: 3)
                }
            }
            try (intact + [0]).write(to: damagedPath)
            #expect(throws: (any Error).self) { try Index(opening: damagedPath.path) }
        }
    }

    /// Wrong calls are refused with the facts.
    func checkRefusals() throws {
        let set = VectorSet.uniform(dimension: 7)
        #expect(throws: IndexError.unsupportedMetric(.hamming)) { try self.index(of: set, metric: .hamming) }
        let index = try index(of: set, metric: .l2)
        let (rows, ids) = (set.rows, set.ids)
        func search(_ queries: [Float], k: Int = 1) throws {
            _ = try index.search(queries.span, k: k, rows: rows.span.bytes, ids: ids.span, options: self.search)
        }
        #expect(throws: VectorError.dimensionMismatch(got: 3, expected: 7)) {
            try search([Float](repeating: 0, count: 10))
        }
        #expect(throws: VectorError.notFinite(position: 6)) { try search([0, 0, 0, 0, 0, 0, .infinity]) }
        #expect(throws: IndexError.invalidK(got: -1)) { try search([Float](repeating: 0, count: 7), k: -1) }
        #expect(throws: IndexError.missingRows(got: 1, covered: set.count)) {
            _ = try index.search(
                [Float](repeating: 0, count: 7).span, k: 1, rows: rows.span.extracting(0..<7).bytes,
                ids: ids.span.extracting(0..<1), options: self.search)
        }
        var changed = index
        #expect(throws: IndexError.unknownRow(got: 5000, covered: set.count)) { try changed.remove(rows: [5000]) }
        #expect(throws: IndexError.unknownRow(got: -1, covered: set.count)) { try changed.remove(rows: [-1]) }
        #expect(throws: IndexError.shapeMismatch(bytes: 28, ids: 0, dimension: 7)) {
            try changed.add(rows: rows.span.extracting(0..<7).bytes, ids: ids.span.extracting(0..<0))
        }
        #expect(throws: (any Error).self) { try Index(opening: "/nowhere/at/all") }
    }
}

/// Runs `body` with a folder that is gone afterwards.
func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "indexes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
}
