@testable import EmbeddedEngine
import Foundation
import Indexes
import SosiaCore
import Synchronization
import TestSupport
import Testing

/// Indexes are caches: with one, without one, with a broken one, the answer is the same.
struct IndexingTests {
    static let dimension = 16
    static let model = ModelIdentity(
        name: "generated", weightsSHA256: String(repeating: "0", count: 64), precision: .f32,
        descriptor: .init(pooling: .none),
        dimension: dimension, metric: .l2)
    static let rows = IndexUpkeep().minimumRows + 100

    let folder: TemporaryFolder
    var path: String { folder.path + "/a.sosia" }
    var layout: CollectionFiles { CollectionFiles(path) }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Clusters, as embeddings have them.
    static func embedding(_ number: Int) throws -> Embedding {
        var centre = SplitMix(seed: UInt64(number % 37))
        var own = SplitMix(seed: UInt64(number) &+ 1000)
        return try Embedding(
            (0..<dimension).map { _ in
                Float.random(in: -1...1, using: &centre) + Float.random(in: -0.2...0.2, using: &own)
            })
    }

    static func entries(_ numbers: Range<Int>) throws -> [IngestEntry] {
        try numbers.map { number in
            var generator = SplitMix(seed: UInt64(number))
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let hash = try #require(ContentHash(bytes: bytes))
            return try EmbeddedEngine.entry("/\(number).jpg", hash: hash, embedding(number))
        }
    }

    private func fill(_ numbers: Range<Int> = 0..<rows) async throws -> EmbeddedEngine {
        let engine = try await EmbeddedEngine.made(at: path, Self.model, threads: 2)
        _ = try await engine.add(Self.entries(numbers))
        return engine
    }

    private func answers(_ engine: EmbeddedEngine) async throws -> [[SearchHit]] {
        var all: [[SearchHit]] = []
        for number in stride(from: 1, to: 2000, by: 101) {
            let query = try Self.embedding(100_000 + number)
            all.append(try await engine.search(SearchRequest(.embedding(query), k: 5)).hits)
        }
        return all
    }

    private func indexFile(_ kind: String, of engine: EmbeddedEngine) throws -> IndexFile? {
        try engine.indexes.indexes(for: engine.snapshot()).first { $0.kind.name == kind }?.file
    }

    private func plan(_ engine: EmbeddedEngine) async throws -> SearchPlan {
        try await engine.search(SearchRequest(.embedding(Self.embedding(7)), k: 1)).plan
    }

    @Test func theAnswerIsThatOfThePlainScan() async throws {
        let engine = try await fill()
        let plain = try await answers(EmbeddedEngine.opened(path))
        try await engine.prepareIndexes()
        #expect(try await plan(engine) == SearchPlan(index: "exact", exact: true, scanned: Self.rows))
        #expect(try await answers(engine) == plain)
        let status = try await engine.status().indexes
        #expect(status.map(\.kind) == ["exact"])
        #expect(status.map(\.rows) == [Self.rows])
        // Another process finds it, too.
        #expect(try await plan(EmbeddedEngine.opened(path)).index == "exact")
    }

    @Test func theBuildingTellsHowFarItIs() async throws {
        let engine = try await fill()
        let told = Mutex<[[Int]]>([])
        try await engine.prepareIndexes(.whatPays) { done, total in told.withLock { $0.append([done, total]) } }
        let steps = told.withLock { $0 }
        #expect(steps.allSatisfy { $0[1] == Self.rows })
        #expect(steps.map { $0[0] } == steps.map { $0[0] }.sorted())
        #expect(steps.last?[0] == Self.rows)
    }

    @Test func fewRowsNeedNoIndex() async throws {
        let engine = try await fill(0..<100)
        try await engine.prepareIndexes()
        #expect(try await plan(engine).index == "flat")
        #expect(!FileManager.default.fileExists(atPath: layout.indexes))
    }

    @Test func whatIsWrittenLaterIsFoundAtOnce() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes()
        let ids = try await engine.add(Self.entries(Self.rows..<Self.rows + 50))
        _ = try await engine.remove((1...500).map { ImageID(rawValue: $0) })
        let query = try Self.embedding(Self.rows + 49)
        let response = try await engine.search(SearchRequest(.embedding(query), k: 5))
        #expect(response.plan.index == "exact")
        #expect(response.hits.first?.record.id == ids.last)
        let indexed = try await answers(engine)
        try FileManager.default.removeItem(atPath: layout.indexes)
        let reader = try await EmbeddedEngine.opened(path)
        #expect(try await plan(reader).index == "flat")
        #expect(try await answers(reader) == indexed)
    }

    @Test func aGrownCollectionIsIndexedAgain() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes()
        let grown = Self.rows + IndexUpkeep().minimumTail + 1
        _ = try await engine.add(Self.entries(Self.rows..<grown))
        try await engine.prepareIndexes()
        #expect(try await engine.status().indexes.map(\.rows) == [grown])
        #expect(try FileManager.default.contentsOfDirectory(atPath: layout.indexes).count == 2)
    }

    @Test func compactionLeavesNoStaleIndex() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes()
        _ = try await engine.remove((1...50).map { ImageID(rawValue: $0) })
        let before = try await answers(engine)
        _ = try await engine.writable().compact()
        #expect(try await plan(engine).index == "flat")
        #expect(try await answers(engine) == before)
        try await engine.prepareIndexes()
        #expect(try await plan(engine).index == "exact")
        #expect(try await answers(engine) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: layout.indexes).count == 2)
    }

    @Test func aDamagedIndexIsNotTrusted() async throws {
        let engine = try await fill()
        let plain = try await answers(engine)
        var generator = SplitMix(seed: 3)
        for round in 0..<12 {
            try await engine.prepareIndexes()
            let file = try #require(try indexFile("exact", of: engine))
            var bytes = try Data(contentsOf: URL(fileURLWithPath: engine.indexes.folder.path(of: file)))
            if round % 3 == 0 {
                bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            } else {
                bytes[Int.random(in: bytes.indices, using: &generator)] ^= 0x10
            }
            // As a new file: an opened one is never written to.
            try bytes.write(to: URL(fileURLWithPath: engine.indexes.folder.path(of: file)), options: .atomic)
            #expect(try await answers(EmbeddedEngine.opened(path)) == plain)
        }
    }

    @Test func anIndexOfOtherVectorsIsNotUsed() async throws {
        var engine: EmbeddedEngine? = try await fill()
        let copy = folder.path + "/copy.sosia"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        _ = try await engine?.add(Self.entries(20_000..<26_000))
        try await engine?.prepareIndexes()
        engine = nil
        // The copy is put back and goes another way, to the same number of rows.
        try FileManager.default.moveItem(atPath: layout.indexes, toPath: copy + "/index")
        let other = try await EmbeddedEngine.opened(copy, .write)
        _ = try await other.add(Self.entries(30_000..<36_000))
        #expect(try await plan(EmbeddedEngine.opened(copy)).index == "flat")
    }

    @Test func theGraphIsBuiltAndCalibratedOnDemand() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes()
        let request = SearchRequest.Mode.approximate(recall: 0.95)
        let query = SearchRequest.Query.embedding(try Self.embedding(100_007))
        // Nothing is approximate before there is a graph.
        #expect(try await engine.search(SearchRequest(query, k: 5, mode: request)).plan.exact)
        try await engine.prepareIndexes(.approximate)
        let plan = try await engine.search(SearchRequest(query, k: 5, mode: request)).plan
        #expect(plan.index == "graph" && !plan.exact && plan.scanned < Self.rows)
        #expect(try await engine.search(SearchRequest(query, k: 5)).plan.index == "exact")

        let calibration = try #require(try await engine.status().indexes.last?.calibration)
        #expect(calibration.entries.last.map { $0.recall > 0.95 } == true)
        let cheapest = try #require(calibration.cheapest(for: 0.95))
        #expect(cheapest.recall >= 0.95)
        #expect(calibration.entries.prefix { $0 != cheapest }.allSatisfy { $0.recall < 0.95 })

        var found = 0
        for number in 0..<40 {
            let query = SearchRequest.Query.embedding(try Self.embedding(200_000 + number))
            let exact = try await engine.search(SearchRequest(query, mode: .exact)).hits.map(\.record.id)
            let approximate = try await engine.search(SearchRequest(query, mode: request)).hits.map(\.record.id)
            #expect(approximate.count == exact.count)
            found += Set(exact).intersection(approximate).count
        }
        #expect(found >= 40 * 10 * 9 / 10, "\(found) of 400")
    }

    @Test func aGraphThatIsDamagedGivesWayToTheExactIndex() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes(.approximate)
        let file = try #require(try indexFile("graph", of: engine))
        let path = engine.indexes.folder.path(of: file)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
        let reader = try await EmbeddedEngine.opened(path.components(separatedBy: "/index/")[0])
        let query = SearchRequest.Query.embedding(try Self.embedding(3))
        #expect(try await reader.search(SearchRequest(query, mode: .approximate())).plan.index == "exact")
        #expect(!FileManager.default.fileExists(atPath: path))
        // A calibration that says nonsense is none.
        try await engine.prepareIndexes(.approximate)
        let again = try #require(try indexFile("graph", of: engine))
        try Data("{}".utf8).write(
            to: URL(fileURLWithPath: layout.indexes + "/" + again.calibrationName), options: .atomic)
        #expect(try await engine.search(SearchRequest(query, mode: .approximate())).plan.index == "exact")
        try await engine.prepareIndexes(.approximate)
        #expect(try await engine.search(SearchRequest(query, mode: .approximate(recall: 0.9))).plan.index == "graph")
    }

    @Test func aRecallThatNobodyCanPromiseIsRefused() throws {
        let query = SearchRequest.Query.image(ImageID(rawValue: 1))
        for recall in [0.1, 1, .nan] {
            #expect(throws: EngineError.self) { try SearchRequest(query, mode: .approximate(recall: recall)) }
        }
    }

    @Test func aFolderThatCannotBeMadeIsNoError() async throws {
        let engine = try await fill()
        try Data().write(to: URL(fileURLWithPath: layout.indexes))
        try await engine.prepareIndexes()
        #expect(try await plan(engine).index == "flat")
    }

    @Test func searchesGoOnWhileOthersWrite() async throws {
        let engine = try await fill()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<10 {
                    let first = 40_000 + round * 150
                    let ids = try await engine.add(Self.entries(first..<first + 150))
                    _ = try await engine.remove(Array(ids.prefix(10)))
                    if round % 4 == 1 { try await engine.prepareIndexes() }
                }
            }
            for reader in 0..<2 {
                group.addTask {
                    for number in 0..<30 {
                        let query = try Self.embedding(number * 97 + reader)
                        let hits = try await engine.search(SearchRequest(.embedding(query), k: 3)).hits
                        #expect(hits.first?.distance == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
