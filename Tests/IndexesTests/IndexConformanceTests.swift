import Foundation
import Indexes
import SosiaCore
import Testing

@Suite("Flat index: conformance")
struct FlatIndexTests {
    static let conformance = IndexConformance<FlatIndex>(build: FlatIndex.BuildOptions(), search: .standard)

    @Test("answers", arguments: VectorSet.all, [Metric.l2, .cosine, .innerProduct])
    func answers(set: VectorSet, metric: Metric) throws { try Self.conformance.checkAnswers(set, metric: metric) }

    @Test("batch, tail, file", arguments: [Metric.l2, .cosine, .innerProduct])
    func rest(metric: Metric) throws {
        try Self.conformance.checkBatch(.clustered, metric: metric)
        try Self.conformance.checkTailAndDeath(.clustered, metric: metric)
        try Self.conformance.checkFile(.uniform, metric: metric)
        try Self.conformance.checkFilters(.clustered, metric: metric)
    }

    @Test("damaged files")
    func damage() throws { try Self.conformance.checkDamage(.single, metric: .l2) }

    @Test("refusals")
    func refusals() throws { try Self.conformance.checkRefusals() }
}

@Suite("Exact index: conformance")
struct ExactIndexTests {
    static let conformance = IndexConformance<ExactIndex>(build: .standard, search: .standard)

    /// Prefix and middle of different sizes, so that all three bounds are exercised in few dimensions.
    static func conformance(prefix: Int, middle: Int) throws -> IndexConformance<ExactIndex> {
        IndexConformance(build: try ExactBuildOptions(prefix: prefix, middle: middle), search: .standard)
    }

    @Test("answers equal brute force", arguments: VectorSet.all, [Metric.l2, .cosine, .innerProduct])
    func answers(set: VectorSet, metric: Metric) throws {
        try Self.conformance.checkAnswers(set, metric: metric)
        try Self.conformance(prefix: 8, middle: 8).checkAnswers(set, metric: metric)
    }

    @Test("answers with all kinds of splits", arguments: [8, 24, 40, 96], [0, 5, 64])
    func splits(prefix: Int, middle: Int) throws {
        try Self.conformance(prefix: prefix, middle: middle).checkAnswers(.clustered, metric: .l2)
    }

    @Test("batch, tail, file", arguments: [Metric.l2, .cosine, .innerProduct])
    func rest(metric: Metric) throws {
        let conformance = try Self.conformance(prefix: 16, middle: 16)
        try conformance.checkBatch(.clustered, metric: metric)
        try conformance.checkTailAndDeath(.clustered, metric: metric)
        try conformance.checkFile(.clustered, metric: metric)
        try conformance.checkFile(.uniform, metric: metric)
    }

    @Test("answers on SIFT equal brute force", .enabled(if: VectorSet.hasSIFT, "../shared/data/sift is absent"))
    func sift() throws {
        let set = try VectorSet.sift(rows: 1200, queries: 8)
        for metric in [Metric.l2, .cosine, .innerProduct] {
            try Self.conformance.checkAnswers(set, metric: metric)
            try Self.conformance.checkFilters(set, metric: metric)
        }
    }

    @Test("filters", arguments: VectorSet.all, [Metric.l2, .cosine, .innerProduct])
    func filters(set: VectorSet, metric: Metric) throws {
        try Self.conformance(prefix: 8, middle: 8).checkFilters(set, metric: metric)
    }

    @Test("groups of every size, on one thread and on two", arguments: [1, 2, 3, 4, 5, 9, 300])
    func groups(count: Int) throws {
        var set = VectorSet.clustered
        let few = set.queries
        set.queries = []
        for query in 0..<count {
            let start = query % 8 * set.dimension
            let scale = 1 + Float(query) / 999
            set.queries += few[start..<start + set.dimension].map { $0 * scale }
        }
        let index = try Self.conformance.index(of: set, metric: .l2)
        let expected = try FlatScan.search(
            set.queries.span, k: 4, metric: .l2, dimension: set.dimension, rows: set.rows.span.bytes,
            ids: set.ids.span)
        for threads in [1, 2] {
            let lists = try index.search(
                set.queries.span, k: 4, rows: set.rows.span.bytes, ids: set.ids.span,
                options: ExactSearchOptions(threads: threads))
            #expect(lists.map(\.neighbors) == expected.map(\.neighbors))
        }
    }

    @Test("damaged files")
    func damage() throws {
        var small = VectorSet.uniform(dimension: 2)
        small.rows.removeLast((small.count - 5) * 2)
        small.ids.removeLast(small.count - 5)
        small.trained = 5
        try Self.conformance.checkDamage(small, metric: .l2)
    }

    @Test("refusals")
    func refusals() throws {
        try Self.conformance.checkRefusals()
        #expect(throws: IndexError.invalidOption(name: "prefix", got: 4, minimum: 8, maximum: 1024)) {
            try ExactBuildOptions(prefix: 4)
        }
        #expect(throws: IndexError.invalidOption(name: "threads", got: 0, minimum: 1, maximum: 256)) {
            try ExactSearchOptions(threads: 0)
        }
    }

    @Test("threads change neither codes nor answers")
    func threads() throws {
        let set = VectorSet.clustered
        let bytes = set.rows.span.bytes
        func trained(threads: Int) throws -> ExactIndex {
            try ExactIndex.train(
                dimension: set.dimension, metric: .l2, rows: bytes, ids: set.ids.span, options: .standard,
                threads: threads)
        }
        var one = try trained(threads: 1)
        var three = try trained(threads: 3)
        try one.add(rows: bytes, ids: set.ids.span)
        try three.add(rows: bytes, ids: set.ids.span, threads: 3)
        let folder = FileManager.default.temporaryDirectory.appending(path: "sosia-threads-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try [one, three].enumerated().map { number, index in
            let file = folder.appending(path: "\(number)")
            try index.write(to: file.path)
            return try Data(contentsOf: file)
        }
        #expect(files[0] == files[1])
        let expected = try one.search(
            set.queries.span, k: 9, rows: bytes, ids: set.ids.span, options: .standard)
        var queries: [Float] = []
        for _ in 0..<5 { queries += set.queries }
        let got = try three.search(
            queries.span, k: 9, rows: bytes, ids: set.ids.span, options: ExactSearchOptions(threads: 3))
        for (index, list) in got.enumerated() { #expect(list == expected[index % set.queryCount]) }
    }

    @Test("bounds leave most rows of clustered data unmeasured")
    func pruning() throws {
        let set = VectorSet.clustered
        let index = try Self.conformance.index(of: set, metric: .l2)
        let lists = try Self.conformance.answers(index, set, k: 1)
        #expect(lists.allSatisfy { $0.measured < set.count / 4 && $0.scanned == set.count })
    }
}
