import Foundation
import Indexes
import SosiaCore
import Testing

/// What the registry says of an index, and that nothing is lost behind it.
struct IndexKindTests {
    @Test func namesDifferAndFitIntoFiles() {
        let names = [IndexKind].standard.map(\.name)
        #expect(Set(names).count == names.count && !names.contains(FlatIndex.kind))
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber } })
    }

    @Test(arguments: [IndexKind].standard)
    func inexactOnesCanBeCalibrated(_ kind: IndexKind) {
        #expect(kind.steps.isEmpty == kind.isExact)
        #expect(kind.steps.allSatisfy(kind.accepts))
        #expect(kind.isExact || !kind.accepts([:]))
    }

    @Test func theAnswerIsThatOfTheIndexItself() throws {
        let set = VectorSet.uniform(dimension: 24)
        let (rows, ids) = (set.rows.span.bytes, set.ids.span)
        func check<Index: VectorIndex>(
            _ kind: IndexKind, _ type: Index.Type, _ build: Index.BuildOptions, _ search: Index.SearchOptions,
            settings: [String: Int]
        ) throws {
            var own = try Index.train(
                dimension: 24, metric: .l2, rows: rows, ids: ids, options: build, threads: 2)
            var erased = try kind.train(dimension: 24, metric: .l2, rows: rows, ids: ids, threads: 2)
            try own.add(rows: rows, ids: ids, threads: 2)
            try erased.add(rows: rows, ids: ids, threads: 2)
            try withTemporaryFolder { folder in
                try erased.write(to: folder.path + "/index")
                let opened = try kind.open(folder.path + "/index")
                #expect(opened.rowCount == set.count && opened.dimension == 24 && opened.metric == .l2)
                let allowed = RowFilter(rows: 0..<set.count / 2, of: set.count)
                for allowed in [nil, allowed] {
                    let expected = try own.search(
                        set.queries.span, k: 10, rows: rows, ids: ids, allowed: allowed, options: search)
                    for index in [erased, opened] {
                        let got = try index.search(
                            set.queries.span, k: 10, rows: rows, ids: ids, allowed: allowed, settings: settings,
                            threads: 2)
                        #expect(got == expected)
                    }
                }
            }
        }
        try check(.exact, ExactIndex.self, .standard, .standard, settings: [:])
        try check(
            .graph, GraphIndex.self, .standard, GraphSearchOptions(effort: 32, rerank: 30),
            settings: ["effort": 32, "rerank": 30])
    }

    @Test func settingsOfAStepServeMoreNeighbours() throws {
        let set = VectorSet.uniform(dimension: 24)
        let (rows, ids) = (set.rows.span.bytes, set.ids.span)
        var index = try IndexKind.graph.train(dimension: 24, metric: .l2, rows: rows, ids: ids, threads: 1)
        try index.add(rows: rows, ids: ids, threads: 1)
        let lists = try index.search(
            set.queries.span, k: set.count, rows: rows, ids: ids, allowed: nil,
            settings: ["effort": 32, "rerank": 30], threads: 1)
        #expect(lists.allSatisfy { $0.neighbors.count == ids.indices.count { ids[$0] != 0 } })
    }

    @Test func upkeepSaysWhenToBuild() {
        let upkeep = IndexUpkeep(wanted: .fromValues(1_000_000))
        #expect(!upkeep.pays(rows: 999, dimension: 1_000) && upkeep.pays(rows: 1_000, dimension: 1_000))
        #expect(upkeep.pays(rows: .max, dimension: 2))
        #expect(!IndexUpkeep(wanted: .onDemand).pays(rows: .max, dimension: 1))
        #expect(!upkeep.isDue(rows: 4_095, covered: nil) && upkeep.isDue(rows: 4_096, covered: nil))
        #expect(!upkeep.isDue(rows: 6_024, covered: 5_000) && upkeep.isDue(rows: 6_025, covered: 5_000))
        #expect(upkeep.isExtended(rows: 10_000, covered: 5_000) && !upkeep.isExtended(rows: 10_001, covered: 5_000))
        #expect(!IndexUpkeep(growth: 1).isExtended(rows: 5_001, covered: 5_000))
    }
}
