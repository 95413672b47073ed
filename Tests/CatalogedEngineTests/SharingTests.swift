import CatalogedEngine
import EngineConformance
import SosiaCore
import Testing

/// Two engines on one ledger and one service, as two machines would have them.
struct SharingTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func twoEnginesWriteAtOnce(_ seed: UInt64) async throws {
        let fixture = Fixture(seed: seed)
        let engines = try [fixture.engine(), fixture.engine()]
        let shared = try await engines[0].commit(IngestUnit((1...10).map { try entry($0) })).compactMap(\.id)
        // What one engine wrote the other one sees late.
        try await fixture.service.refresh()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, engine) in engines.enumerated() {
                group.addTask {
                    for step in 0..<12 {
                        // One picture that both add, one of its own, and the other half of a picture's attributes.
                        _ = try await engine.commit(
                            IngestUnit([
                                entry(100 + step, at: "/\(number)/shared\(step).png"),
                                entry(1_000 * (number + 1) + step),
                            ]))
                        _ = try await engine.update(shared[3], attributes: ["\(number)-\(step)": .integer(1)])
                        let own = try await engine.search(
                            SearchRequest(.embedding(line(1_000 * (number + 1) + step)), k: 1)
                        ).hits
                        #expect(own.first?.distance == 0)
                        let known = try await engine.search(SearchRequest(.embedding(line(3)), k: 1)).hits
                        #expect(known.map(\.record.id) == [shared[2]])
                    }
                }
            }
            group.addTask {
                for _ in 0..<6 { _ = try await engines[1].compact { _, _ in } }
            }
            try await group.waitForAll()
        }
        for engine in engines {
            try await fixture.service.refresh()
            #expect(try await engine.count() == 10 + 12 + 24)
            let contents = try await Contents(engine)
            #expect(contents.hits == 46)
            #expect(try await engine.records([shared[3]]).first?.attributes.count == 24)
            let hits = try await engine.search(SearchRequest(.embedding(line(105)), k: 1)).hits
            #expect(hits.first?.record.sources == [file("/0/shared5.png"), file("/1/shared5.png")])
            #expect(try await engine.verify { _, _ in }.problems == [])
        }
        _ = try await engines[0].compact { _, _ in }
        for _ in 0..<100 where try await fixture.named() != fixture.service.keys {
            _ = try await engines[0].compact { _, _ in }
        }
        #expect(try await fixture.named() == fixture.service.keys)
    }

    /// More pictures than the service takes keys or gives hits at once: the answers are those of brute force.
    @Test(arguments: [1, 2] as [UInt64])
    func answersAreThoseOfBruteForce(_ seed: UInt64) async throws {
        let fixture = Fixture(seed: seed)
        let (engine, reference) = (try fixture.engine(), MemoryEngine(Fixture.description))
        var random = SplitMix(seed: seed)
        let entries = try (1...120).map { number in
            try entry(
                number, attributes: ["n": .integer(Int64(number)), "m": .integer(Int64(number % 7))],
                vector: Int.random(in: 0..<40, using: &random))
        }
        for part in stride(from: 0, to: entries.count, by: 40) {
            let unit = IngestUnit(Array(entries[part..<part + 40]))
            #expect(try await engine.commit(unit) == reference.commit(unit))
        }
        let filters = [
            nil, "n > 60", "n > 110", "m = 3 AND n < 90", "NOT m = 3", "m IN (1, 2) OR n = 7", "n < 0",
            "n > 20 AND m < 6 AND n > 80",
        ]
        for filter in filters {
            for k in [1, 10, 70] {
                let start = try line(Int.random(in: 0..<40, using: &random))
                let (own, expected) = try await (
                    pages(engine, start, k, filter), pages(reference, start, k, filter)
                )
                #expect(own == expected, "\(filter ?? "all"), k \(k)")
            }
        }
        for distance in [0, 1] as [Float] {
            let (own, expected) = try await (
                engine.duplicates(within: distance, limit: 20, after: nil) { _, _ in },
                reference.duplicates(within: distance, limit: 20, after: nil) { _, _ in }
            )
            #expect(own == expected)
        }
    }

    /// Three pages behind each other.
    private func pages(
        _ engine: any CollectionEngine, _ start: Embedding, _ k: Int, _ filter: String?
    ) async throws -> [SearchHit] {
        var (hits, cursor) = ([SearchHit](), SearchCursor?.none)
        for _ in 0..<3 {
            let response = try await engine.search(
                SearchRequest(
                    .embedding(start), k: k, mode: .exact, filter: filter.map { try Filter(parsing: $0) },
                    maximumDistance: 25, after: cursor, excluding: [ImageID(rawValue: 5)]))
            hits += response.hits
            cursor = response.nextCursor
            if cursor == nil { break }
        }
        return hits
    }
}
