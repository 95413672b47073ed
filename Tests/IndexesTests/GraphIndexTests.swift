import Foundation
import Indexes
import SosiaCore
import TestSupport
import Testing

@Suite("Graph index")
struct GraphIndexTests {
    static let metrics: [Metric] = [.l2, .cosine, .innerProduct]
    static let conformance = IndexConformance<GraphIndex>(build: .standard, search: .standard)
    /// Few links, so that small sets make a real graph.
    static let sparse: IndexConformance<GraphIndex>? =
        (try? GraphBuildOptions(degree: 12, effort: 24, rank: 32)).map {
            IndexConformance(build: $0, search: .standard)
        }

    /// Clusters around random centres, in few of many directions.
    static func clusters(count: Int, dimension: Int = 32, seed: UInt64 = 3) -> VectorSet {
        var generator = SplitMix(seed: seed)
        let centres = (0..<20).map { _ in generator.floats(dimension) }
        func point() -> [Float] {
            let centre = centres[Int.random(in: 0..<20, using: &generator)]
            return centre.map { $0 + Float.random(in: -0.4...0.4, using: &generator) }
        }
        return VectorSet(
            name: "clusters", dimension: dimension, rows: (0..<count).flatMap { _ in point() },
            queries: (0..<30).flatMap { _ in point() }, trained: count / 2)
    }

    /// The share of the true nearest that the index finds.
    static func recall(_ index: GraphIndex, _ set: VectorSet, metric: Metric, k: Int = 10) throws -> Double {
        let bytes = set.rows.span.bytes
        let got = try index.search(set.queries.span, k: k, rows: bytes, ids: set.ids.span, options: .standard)
        let expected = try FlatScan.search(
            set.queries.span, k: k, metric: metric, dimension: set.dimension, rows: bytes, ids: set.ids.span)
        var (found, all) = (0, 0)
        for (got, wanted) in zip(got, expected) {
            found += Set(got.neighbors.map(\.row)).intersection(wanted.neighbors.map(\.row)).count
            all += wanted.neighbors.count
            #expect(got.neighbors.count == wanted.neighbors.count)
        }
        return all == 0 ? 1 : Double(found) / Double(all)
    }

    @Test("answers are well-formed, whatever the vectors", arguments: VectorSet.all, metrics)
    func answers(set: VectorSet, metric: Metric) throws {
        if metric == .l2 { try Self.conformance.checkAnswers(set, metric: metric) }
        try Self.sparse?.checkAnswers(set, metric: metric)
    }

    @Test("batch, tail, death, file", arguments: metrics)
    func rest(metric: Metric) throws {
        let conformance = try #require(Self.sparse)
        try conformance.checkBatch(.clustered, metric: metric)
        try conformance.checkTailAndDeath(.clustered, metric: metric)
        try conformance.checkFile(.clustered, metric: metric)
        try conformance.checkFile(.mixedScales, metric: metric)
    }

    @Test("recall against brute force, rows added in two steps", arguments: metrics)
    func recall(metric: Metric) throws {
        let set = Self.clusters(count: 1500)
        let index = try #require(Self.sparse).index(of: set, metric: metric)
        #expect(try Self.recall(index, set, metric: metric) >= 0.97)
    }

    @Test("rows added one by one are found")
    func growing() throws {
        var set = Self.clusters(count: 400)
        set.trained = 100
        var index = try #require(Self.sparse).index(of: set, metric: .l2)
        let more = Self.clusters(count: 40, seed: 4)
        for row in 0..<40 {
            set.rows += more.rows[row * 32..<(row + 1) * 32]
            set.ids.append(Int64(10_000 + row))
            try index.add(rows: set.rows.span.bytes, ids: set.ids.span)
            let list = try index.search(
                set.rows.span.extracting((400 + row) * 32..<(401 + row) * 32), k: 1, rows: set.rows.span.bytes,
                ids: set.ids.span, options: .standard)
            #expect(list[0].neighbors.first?.row == 400 + row)
        }
        #expect(try Self.recall(index, set, metric: .l2) >= 0.97)
    }

    @Test("half of the rows removed, in steps: recall stays, and rows can be added")
    func removing() throws {
        var set = Self.clusters(count: 1200)
        var index = try #require(Self.sparse).index(of: set, metric: .l2)
        var generator = SplitMix(seed: 9)
        for _ in 0..<4 {
            let live = set.ids.indices.filter { set.ids[$0] != 0 }.shuffled(using: &generator)
            let victims = Array(live.prefix(140))
            for row in victims { set.ids[row] = 0 }
            try index.remove(rows: victims)
            #expect(try Self.recall(index, set, metric: .l2) >= 0.97)
        }
        let more = Self.clusters(count: 300, seed: 5)
        set.rows += more.rows
        set.ids += more.ids.map { $0 == 0 ? 0 : $0 + 10_000 }
        try index.add(rows: set.rows.span.bytes, ids: set.ids.span)
        #expect(try Self.recall(index, set, metric: .l2) >= 0.97)
        try index.remove(rows: Array(set.ids.indices))
        set.ids = set.ids.map { _ in 0 }
        #expect(try Self.recall(index, set, metric: .l2) == 1)
    }

    @Test("a whole cluster removed at once, seeds among it")
    func removingCluster() throws {
        var set = Self.clusters(count: 1000)
        var index = try #require(Self.sparse).index(of: set, metric: .l2)
        let nearest = try FlatScan.search(
            set.queries.span.extracting(0..<32), k: 300, metric: .l2, dimension: 32, rows: set.rows.span.bytes,
            ids: set.ids.span)
        let victims = nearest[0].neighbors.map(\.row)
        for row in victims { set.ids[row] = 0 }
        try index.remove(rows: victims)
        #expect(try Self.recall(index, set, metric: .l2) >= 0.97)
    }

    @Test("allowed rows only, at every share", arguments: [0.9, 0.5, 0.1, 0.01, 0.001], metrics)
    func filters(share: Double, metric: Metric) throws {
        let set = Self.clusters(count: 1200)
        let index = try #require(Self.sparse).index(of: set, metric: metric)
        var generator = SplitMix(seed: 21)
        let some = set.ids.indices.filter { _ in Double.random(in: 0..<1, using: &generator) < share }
        let filter = RowFilter(rows: some, of: set.count)
        var masked = set
        masked.ids = filter.masking(set.ids.span)
        #expect(try Self.recall(index, masked, metric: metric) >= 0.98)
        let (bytes, ids) = (set.rows.span.bytes, set.ids.span)
        let got = try index.search(
            set.queries.span, k: 10, rows: bytes, ids: ids, allowed: filter, options: .standard)
        let expected = try FlatScan.search(
            set.queries.span, k: 10, metric: metric, dimension: set.dimension, rows: bytes, ids: masked.ids.span)
        var (found, all) = (0, 0)
        for (got, wanted) in zip(got, expected) {
            #expect(got.neighbors.allSatisfy { filter.contains($0.row) })
            found += Set(got.neighbors.map(\.row)).intersection(wanted.neighbors.map(\.row)).count
            all += wanted.neighbors.count
        }
        #expect(Double(found) >= 0.98 * Double(all))
    }

    @Test("allowed rows that are all far from the queries are found")
    func farFilter() throws {
        var set = Self.clusters(count: 2000)
        let index = try #require(Self.sparse).index(of: set, metric: .l2)
        let near = try FlatScan.search(
            set.queries.span, k: 900, metric: .l2, dimension: 32, rows: set.rows.span.bytes, ids: set.ids.span)
        for list in near.prefix(3) { for neighbor in list.neighbors { set.ids[neighbor.row] = 0 } }
        #expect(try Self.recall(index, set, metric: .l2) >= 0.98)
    }

    @Test("the graph depends neither on threads nor on chance")
    func determinism() throws {
        let set = Self.clusters(count: 700)
        let bytes = set.rows.span.bytes
        func file(threads: Int, seed: UInt64 = 1) throws -> Data {
            let options = try GraphBuildOptions(degree: 12, effort: 24, rank: 24, threads: threads, seed: seed)
            var index = try GraphIndex.train(
                dimension: set.dimension, metric: .l2, rows: bytes, ids: set.ids.span, options: options,
                threads: threads)
            try index.add(rows: bytes, ids: set.ids.span)
            try index.remove(rows: [5, 6, 7])
            var data = Data()
            try withTemporaryFolder { folder in
                try index.write(to: folder.appending(path: "g").path)
                data = try Data(contentsOf: folder.appending(path: "g"))
            }
            return data
        }
        let one = try file(threads: 1)
        #expect(try file(threads: 3) == one)
        #expect(try file(threads: 1, seed: 2) != one)
    }

    @Test("no rows, then a few")
    func empty() throws {
        let none = [Float]()
        var index = try GraphIndex.train(
            dimension: 5, metric: .l2, rows: none.span.bytes, ids: [Int64]().span, options: .standard, threads: 2)
        try index.add(rows: none.span.bytes, ids: [Int64]().span)
        let query: [Float] = [1, 2, 3, 4, 5]
        let nothing = try index.search(
            query.span, k: 3, rows: none.span.bytes, ids: [Int64]().span, options: .standard)
        #expect(nothing[0].neighbors.isEmpty)
        try withTemporaryFolder { folder in
            try index.write(to: folder.appending(path: "g").path)
            #expect(try GraphIndex(opening: folder.appending(path: "g").path).rowCount == 0)
        }
        let rows: [Float] = query + query.map { $0 + 1 } + query.map { -$0 }
        try index.add(rows: rows.span.bytes, ids: [7, 8, 9].span)
        let list = try index.search(query.span, k: 2, rows: rows.span.bytes, ids: [7, 8, 9].span, options: .standard)
        #expect(list[0].neighbors.map(\.id) == [7, 8])
    }

    @Test("damaged files")
    func damage() throws {
        var small = VectorSet.uniform(dimension: 2)
        small.rows.removeLast((small.count - 6) * 2)
        small.ids.removeLast(small.count - 6)
        small.trained = 6
        let build = try GraphBuildOptions(degree: 4, effort: 8)
        try IndexConformance<GraphIndex>(build: build, search: .standard).checkDamage(small, metric: .l2)
    }

    @Test("refusals")
    func refusals() throws {
        try Self.conformance.checkRefusals()
        #expect(throws: IndexError.invalidOption(name: "degree", got: 3, minimum: 4, maximum: 256)) {
            try GraphBuildOptions(degree: 3)
        }
        #expect(throws: IndexError.invalidOption(name: "effort", got: 0, minimum: 1, maximum: 65536)) {
            try GraphSearchOptions(effort: 0)
        }
    }
}
