@testable import EmbeddedEngine
import Foundation
import Indexes
import SosiaCore
import TestSupport
import Testing

/// An index that is registered is planned with, built, calibrated and told of like those of the library.
struct IndexKindTests {
    private static let rows = IndexingTests.rows
    private static let kinds: [IndexKind] = .standard + [SampledIndex.registered]

    let folder: TemporaryFolder
    var path: String { folder.path + "/a.sosia" }
    var layout: CollectionFiles { CollectionFiles(path) }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func fill(_ kinds: [IndexKind] = kinds) async throws -> EmbeddedEngine {
        let engine = try await EmbeddedEngine.made(at: path, IndexingTests.model, threads: 2, kinds: kinds)
        _ = try await engine.add(IndexingTests.entries(0..<Self.rows))
        return engine
    }

    private func search(
        _ engine: EmbeddedEngine, _ mode: SearchRequest.Mode = .automatic, k: Int = 5, index: String? = nil
    ) async throws -> SearchResponse {
        let query = SearchRequest.Query.embedding(try IndexingTests.embedding(100_007))
        return try await engine.search(SearchRequest(query, k: k, mode: mode, index: index))
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: layout.indexes).sorted()
    }

    @Test func isBuiltCalibratedAndSearchedByName() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes()
        #expect(try await engine.status().indexes.map(\.kind) == ["exact"])
        await #expect(throws: EngineError.noIndex("sampled", available: ["flat", "exact"])) {
            try await search(engine, index: "sampled")
        }

        try await engine.prepareIndexes(.named("sampled"))
        let status = try #require(try await engine.status().indexes.last)
        #expect(status.kind == "sampled" && !status.isExact && status.rows == Self.rows && status.bytes > 0)
        let entries = try #require(status.calibration?.entries)
        #expect(entries.map(\.settings) == SampledIndex.registered.steps)
        #expect(entries.map(\.recall) == entries.map(\.recall).sorted())
        #expect(entries[0].recall < 0.9 && entries[2].recall == 1)

        let plan = SearchPlan(index: "sampled", exact: false, scanned: Self.rows)
        #expect(try await search(engine, index: "sampled").plan == plan)
        #expect(try await search(engine, .approximate(), index: "sampled").plan == plan)
        // The one that there is serves whoever asks for no name.
        #expect(try await search(engine, .approximate()).plan == plan)
        #expect(try await search(engine).plan.index == "exact")
        let exact = try await search(engine).hits
        #expect(try await search(engine, index: "sampled").hits == exact)

        let names = try files()
        #expect(names.count == 4)
        #expect(names.contains { $0.hasPrefix("sampled-") && $0.hasSuffix(".calibration") })
    }

    @Test func isFoundByTheNextProcess() async throws {
        try await fill().prepareIndexes(.named("sampled"))
        let calibration = try #require(
            try await EmbeddedEngine.opened(path, kinds: Self.kinds).status().indexes.last?.calibration)
        #expect(calibration.entries.count == 3)
        // Nothing of it is measured or written again.
        let before = try files()
        let again = try await EmbeddedEngine.opened(path, .write, kinds: Self.kinds)
        try await again.prepareIndexes(.named("sampled"))
        #expect(try files() == before)
        #expect(try await again.status().indexes.last?.calibration == calibration)
        #expect(try await search(again, index: "sampled").plan.index == "sampled")
    }

    @Test func followsACollectionThatGrows() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes(.named("sampled"))
        let grown = Self.rows + IndexUpkeep().minimumTail + 1
        _ = try await engine.add(IndexingTests.entries(Self.rows..<grown))
        try await engine.prepareIndexes()
        #expect(try await engine.status().indexes.map(\.rows) == [grown, grown])
        #expect(try files().count == 4)
    }

    @Test func settingsThatTheKindDoesNotHaveAreMeasuredAnew() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes(.named("sampled"))
        let name = try #require(try files().first { $0.hasSuffix(".calibration") })
        try Data(#"{"entries":[{"ms":1,"recall":1,"stride":99}],"exact_ms":1}"#.utf8)
            .write(to: URL(fileURLWithPath: layout.indexes + "/" + name), options: .atomic)
        #expect(try await engine.status().indexes.last?.calibration == nil)
        #expect(try await search(engine, .approximate()).plan.index == "exact")
        try await engine.prepareIndexes()
        #expect(try await search(engine, .approximate()).plan.index == "sampled")
    }

    @Test func withoutAnExactIndexThePlainScanIsTheTruth() async throws {
        let engine = try await fill([SampledIndex.registered])
        try await engine.prepareIndexes(.approximate)
        #expect(try await engine.status().indexes.first?.calibration?.entries.last?.recall == 1)
        #expect(try await search(engine, .approximate()).plan.index == "sampled")
        #expect(try await search(engine).plan.index == "flat")
    }

    @Test func whatTheProgramDoesNotKnowStays() async throws {
        try await fill().prepareIndexes(.named("sampled"))
        let foreign = try files().filter { $0.hasPrefix("sampled") } + ["notes.txt", "later-index"]
        for name in foreign.suffix(2) {
            try Data("x".utf8).write(to: URL(fileURLWithPath: layout.indexes + "/" + name))
        }
        // Of a program before, that was killed.
        let unfinished = "graph-0-5000-1.calibration.unfinished"
        try Data().write(to: URL(fileURLWithPath: layout.indexes + "/" + unfinished))

        let other = try await EmbeddedEngine.opened(path, .write)
        await #expect(throws: EngineError.noIndex("sampled", available: ["flat", "exact"])) {
            try await search(other, index: "sampled")
        }
        await #expect(throws: EngineError.noIndex("sampled", available: ["flat", "exact", "graph"])) {
            try await other.prepareIndexes(.named("sampled"))
        }
        _ = try await other.add(IndexingTests.entries(Self.rows..<2 * Self.rows))
        try await other.prepareIndexes()
        #expect(try await other.status().indexes.map(\.rows) == [2 * Self.rows])
        let left = try files()
        #expect(Set(foreign).isSubset(of: left))
        #expect(!left.contains(unfinished))
        #expect(left.count { $0.hasPrefix("exact-") } == 1)
        // It is still of use to those that know it.
        #expect(try await EmbeddedEngine.opened(path, kinds: Self.kinds).status().indexes.last?.kind == "sampled")
    }

    @Test func exactAndApproximateGoWithANameWhereThatCanBe() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes(.named("sampled"))
        for kind in ["sampled", "graph"] {
            await #expect(throws: EngineError.inexactIndex(kind)) { try await search(engine, .exact, index: kind) }
        }
        for mode in [SearchRequest.Mode.automatic, .exact, .approximate()] {
            #expect(try await search(engine, mode, index: "exact").plan.index == "exact")
            #expect(try await search(engine, mode, index: "flat").plan.index == "flat")
        }
        await #expect(throws: EngineError.noIndex("pq", available: ["flat", "exact", "sampled"])) {
            try await search(engine, .exact, index: "pq")
        }
        // One that gives fewer than there are gives way.
        _ = try await engine.remove((1...Int64(Self.rows) - 3).map(ImageID.init(rawValue:)))
        #expect(try await search(engine, .approximate(recall: 0.5), index: "sampled").hits.count == 3)
    }

    /// As today's programs wrote it.
    @Test func calibrationsOfEarlierProgramsOpen() async throws {
        let engine = try await fill()
        try await engine.prepareIndexes(.approximate)
        let name = try #require(try files().first { $0.hasSuffix(".calibration") })
        let written =
            #"{"entries":[{"effort":32,"ms":0.25,"recall":0.75,"rerank":30},{"effort":48,"ms":0.5,"recall":1,"rerank":30}],"#
            + #""exact_ms":2.5}"#
        let url = URL(fileURLWithPath: layout.indexes + "/" + name)
        try Data(written.utf8).write(to: url, options: .atomic)
        let reader = try await EmbeddedEngine.opened(path)
        let read = try #require(try await reader.status().indexes.last?.calibration)
        #expect(
            read
                == IndexCalibration(
                    entries: [
                        .init(settings: ["effort": 32, "rerank": 30], recall: 0.75, milliseconds: 0.25),
                        .init(settings: ["effort": 48, "rerank": 30], recall: 1, milliseconds: 0.5),
                    ], exactMilliseconds: 2.5))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        #expect(String(decoding: try encoder.encode(read), as: UTF8.self) == written)
        #expect(try await search(reader, .approximate(), index: "graph").plan.index == "graph")
        #expect(read.widest?.settings["effort"] == 48)
        for wrong in [#"{"effort":0,"ms":1,"recall":1,"rerank":30}"#, #"{"effort":32,"ms":1,"recall":1}"#] {
            try Data(#"{"entries":[\#(wrong)],"exact_ms":1}"#.utf8).write(to: url, options: .atomic)
            #expect(try await EmbeddedEngine.opened(path).status().indexes.last?.calibration == nil)
        }
    }
}
