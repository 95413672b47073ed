import SosiaCore

/// Ten thousand random filters on random records, compared with the reference.
extension EngineConformance {
    private static let seeds = 4
    private static let rounds = 10
    /// Of a round.
    private static let filters = 250
    /// Of a round.
    private static let records = 25

    static let randomFilterChecks: [Check] = (1...seeds).map { seed in
        Check(name: "random filters mean what the reference says, seed \(seed)") { subject in
            var random = RandomFilter(seed: UInt64(seed))
            for round in 0..<rounds {
                let entries = try (0..<records).map { number in
                    try subject.entry(100 * round + number, attributes: random.attributes())
                }
                let ids = try await subject.add(entries)
                let known = zip(ids, entries.map(attributes))
                for number in 0..<filters {
                    let filter = random.filter(depth: number % 5)
                    let expected = known.filter { filter.matches($0.1) }.map(\.0)
                    let found = try await subject.engine.records(passing: filter, before: nil, limit: records).map(\.id)
                    try subject.expect(
                        found.reversed() == expected, "\(filter): listed \(found.reversed()), expected \(expected)")
                    guard number % 10 == 0 else { continue }
                    let request = try SearchRequest(
                        .embedding(subject.vector(100 * round)), k: records, mode: subject.mode, filter: filter)
                    let hits = try await subject.engine.search(request).hits.map(\.record.id)
                    try subject.expect(hits == expected, "\(filter): found \(hits), expected \(expected)")
                }
                _ = try await subject.engine.remove(ids)
            }
        }
    }

    /// As they will be in the picture's record.
    private static func attributes(of entry: IngestEntry) -> Attributes {
        let facts = entry.content?.facts ?? PictureFacts(format: "", width: 0, height: 0)
        return ImageRecord(id: ImageID(rawValue: 1), sources: [], facts: facts, attributes: entry.attributes)
            .allAttributes
    }
}
