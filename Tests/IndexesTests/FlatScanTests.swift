import Indexes
import SosiaCore
import TestSupport
import Testing

@Suite("Brute force")
struct FlatScanTests {
    static let metrics: [Metric] = [.l2, .cosine, .innerProduct]

    @Test("equals sorting all distances in double precision", arguments: metrics, [1, 3, 32, 77])
    func againstReference(metric: Metric, dimension: Int) throws {
        var generator = SplitMix(seed: UInt64(dimension))
        let count = 300
        let rows = generator.floats(count * dimension)
        var ids = (1...Int64(count)).shuffled(using: &generator)
        for dead in 0..<20 { ids[dead * 13] = 0 }
        let queries = generator.floats(5 * dimension)
        for k in [1, 10, 400] {
            let lists = try FlatScan.search(
                queries.span, k: k, metric: metric, dimension: dimension, rows: rows.span.bytes, ids: ids.span)
            #expect(lists.count == 5)
            for (query, list) in lists.enumerated() {
                let expected = BruteForceReference.ranking(
                    queries[query * dimension..<(query + 1) * dimension], rows: rows, ids: ids, metric: metric)
                #expect(list.neighbors.count == min(k, expected.count))
                #expect(list.neighbors == list.neighbors.sorted())
                for (got, wanted) in zip(list.neighbors, expected) {
                    #expect(abs(Double(got.distance) - wanted.distance) <= 1e-5 * max(abs(wanted.distance), 1))
                    #expect(ids[got.row] == got.id)
                }
            }
        }
    }

    @Test("equal distances are ordered by id, whatever the order of the rows")
    func ties() throws {
        let rows = [Float](repeating: 0.5, count: 6 * 4)
        let ids: [Int64] = [9, 3, 0, 7, 1, 5]
        for metric in Self.metrics {
            let lists = try FlatScan.search(
                [1, 2, 3, 4].span, k: 3, metric: metric, dimension: 4, rows: rows.span.bytes, ids: ids.span)
            #expect(lists[0].neighbors.map(\.id) == [1, 3, 5])
            #expect(lists[0].neighbors.map(\.row) == [4, 1, 5])
        }
    }

    @Test("the number of threads does not change the answer", arguments: metrics)
    func threads(metric: Metric) throws {
        var generator = SplitMix(seed: 11)
        let (count, dimension) = (4000, 256)
        let rows = generator.floats(count * dimension)
        let ids = Array(1...Int64(count))
        let queries = generator.floats(3 * dimension)
        let one = try FlatScan.search(
            queries.span, k: 10, metric: metric, dimension: dimension, rows: rows.span.bytes, ids: ids.span)
        for threads in [2, 3, 8] {
            let many = try FlatScan.search(
                queries.span, k: 10, metric: metric, dimension: dimension, rows: rows.span.bytes, ids: ids.span,
                options: FlatSearchOptions(threads: threads))
            #expect(many == one)
        }
    }

    @Test("zero vectors are at cosine distance 1, a vector is at distance 0 of itself")
    func cosineEdges() throws {
        let rows: [Float] = [0, 0, 0, 1, 2, 3, -1, -2, -3]
        let lists = try FlatScan.search(
            [1, 2, 3, 0, 0, 0].span, k: 3, metric: .cosine, dimension: 3, rows: rows.span.bytes, ids: [1, 2, 3].span)
        #expect(lists[0].neighbors.map(\.id) == [2, 1, 3])
        #expect(lists[0].neighbors.map(\.distance) == [0, 1, 2])
        #expect(lists[1].neighbors.map(\.distance) == [1, 1, 1])
    }

    @Test("nothing stored, no query")
    func empty() throws {
        let none = [Float]().span
        let lists = try FlatScan.search(
            [1, 2].span, k: 3, metric: .l2, dimension: 2, rows: none.bytes, ids: [Int64]().span)
        #expect(lists[0].neighbors.isEmpty)
        let noQuery = try FlatScan.search(
            none, k: 3, metric: .l2, dimension: 2, rows: [Float](repeating: 1, count: 2).span.bytes, ids: [1].span)
        #expect(noQuery.isEmpty)
    }

    @Test("wrong input is refused with the facts")
    func refusals() {
        let rows = [Float](repeating: 1, count: 8)
        let ids: [Int64] = [1, 2]
        func search(_ queries: [Float], k: Int = 1, metric: Metric = .l2, dimension: Int = 4) throws {
            _ = try FlatScan.search(
                queries.span, k: k, metric: metric, dimension: dimension, rows: rows.span.bytes, ids: ids.span)
        }
        #expect(throws: VectorError.dimensionMismatch(got: 3, expected: 4)) { try search([1, 2, 3]) }
        #expect(throws: VectorError.notFinite(position: 2)) { try search([1, 2, .nan, 4]) }
        #expect(throws: IndexError.invalidK(got: 0)) { try search([1, 2, 3, 4], k: 0) }
        #expect(throws: IndexError.unsupportedMetric(.hamming)) { try search([1, 2, 3, 4], metric: .hamming) }
        #expect(throws: IndexError.shapeMismatch(bytes: 32, ids: 2, dimension: 5)) {
            try search([1, 2, 3, 4, 5], dimension: 5)
        }
        #expect(throws: IndexError.invalidOption(name: "threads", got: 0, minimum: 1, maximum: 256)) {
            try FlatSearchOptions(threads: 0)
        }
    }
}
