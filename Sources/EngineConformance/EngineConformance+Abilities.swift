import SosiaCore

/// The abilities that an engine states, and that it refuses what they rule out.
extension EngineConformance {
    static let abilityChecks: [Check] = [
        Check(name: "abilities go together") { subject in
            let abilities = subject.engine.abilities
            try subject.expect(!abilities.engine.isEmpty, "the engine has no name")
            try subject.expect(
                (1...SearchRequest.maximumK).contains(abilities.maximumK), "the largest k is \(abilities.maximumK)")
            try subject.expect(
                abilities.maximumDimension >= model.dimension, "\(abilities.maximumDimension) dimensions are too few")
            try subject.expect(abilities.metrics.contains(model.metric), "\(model.metric) is missing")
            try subject.equal(Set(abilities.metrics).count, abilities.metrics.count)
            try subject.equal(abilities.upkeep, EngineAbilities.Upkeep.allCases.filter(abilities.upkeep.contains))
            try subject.equal(subject.engine.model, model)
        },
        Check(name: "more hits than the abilities name are refused", needs: { $0.maximumK < SearchRequest.maximumK }) {
            subject in
            _ = try await subject.add([subject.entry(1)])
            let most = subject.engine.abilities.maximumK
            try await subject.fails {
                _ = try await subject.search(1, k: most + 1)
            } matches: {
                ($0 as? EngineError)
                    == .invalidK(got: most + 1, minimum: SearchRequest.minimumK, maximum: most)
            }
        },
        Check(name: "an exact answer that nobody can prove is refused", needs: { !$0.isExactProven }) { subject in
            _ = try await subject.add([subject.entry(1)])
            let request = try SearchRequest(.embedding(subject.vector(1)), mode: .exact)
            try await subject.fails {
                _ = try await subject.engine.search(request)
            } matches: {
                isUnsupported($0)
            }
            try subject.equal(try await subject.search(1).plan.exact, false)
        },
        Check(name: "an approximate search finds what is near") { subject in
            let ids = try await subject.add((1...50).map { try subject.entry($0 * 10) })
            for recall in [SearchRequest.minimumRecall, SearchRequest.maximumRecall] {
                let request = try SearchRequest(
                    .embedding(subject.vector(1)), k: 10, mode: .approximate(recall: recall))
                let response = try await subject.engine.search(request)
                try subject.equal(response.hits.count, 10)
                try subject.equal(response.hits.map(\.distance), response.hits.map(\.distance).sorted())
                try subject.equal(response.hits.first?.record.id, ids[0])
            }
        },
        Check(name: "upkeep that an engine does not have is refused, and not imitated") { subject in
            let (engine, ids) = (subject.engine, try await subject.add([subject.entry(1), subject.entry(2)]))
            let work: [(EngineAbilities.Upkeep, () async throws -> Void)] = [
                (.indexes, { try await engine.prepareIndexes(.approximate) { _, _ in } }),
                (.indexes, { try await engine.prepareIndexes(.named("graph")) { _, _ in } }),
                (.duplicates, { _ = try await engine.duplicates(within: 1, limit: 9, after: nil) { _, _ in } }),
                (.verify, { _ = try await engine.verify { _, _ in } }),
                (.repair, { _ = try await engine.repair { _, _ in } }),
                (.compact, { _ = try await engine.compact { _, _ in } }),
            ]
            for (kind, body) in work where !engine.abilities.upkeep.contains(kind) {
                try await subject.fails(body, matches: isUnsupported)
            }
            try subject.equal(try await engine.vectors(after: nil, limit: 9).map(\.id), ids)
        },
    ]

    private static func isUnsupported(_ error: any Error) -> Bool {
        guard case .unsupported(_, _, let instead) = error as? EngineError else { return false }
        return !instead.isEmpty
    }
}
