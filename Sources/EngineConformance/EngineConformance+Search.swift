import SosiaCore

extension EngineConformance {
    static let searchChecks: [Check] = [
        Check(name: "hits come nearest first, at most k, with true distances") { subject in
            _ = try await subject.add((1...20).map { try subject.entry($0 * $0) })
            let hits = try await subject.search(50, k: 5).hits
            try subject.equal(hits.map(\.distance), [1, 14, 14, 25, 31])
        },
        Check(name: "ties are broken by id") { subject in
            // Different contents with the same vector, and a changed file whose row is newer than its id.
            let entries = try (1...6).map { try subject.entry($0, vector: subject.vector(7)) }
            let ids = try await subject.add(entries)
            let changed = try subject.entry(100, at: "/pictures/1.png", vector: subject.vector(7))
            _ = try await subject.add([changed])
            try subject.equal(try await subject.search(0, k: 4).hits.map(\.record.id), Array(ids.sorted().prefix(4)))
        },
        Check(name: "k may be larger than the collection") { subject in
            let ids = try await subject.add([subject.entry(1), subject.entry(2)])
            try subject.equal(
                try await subject.search(1, k: subject.engine.abilities.maximumK).hits.map(\.record.id), ids)
        },
        Check(name: "a picture of the collection is left out of its own answer") { subject in
            let ids = try await subject.add([subject.entry(1), subject.entry(2), subject.entry(4)])
            let hits = try await subject.engine.search(SearchRequest(.image(ids[1]), k: 2)).hits
            try subject.equal(hits.map(\.record.id), [ids[0], ids[2]])
            try subject.equal(hits.map(\.distance), [1, 2])
        },
        Check(name: "an unknown picture as a query is named in the error") { subject in
            let unknown = ImageID(rawValue: 77)
            try await subject.fails {
                _ = try await subject.engine.search(SearchRequest(.image(unknown)))
            } matches: {
                ($0 as? EngineError) == .unknownImage(unknown)
            }
        },
        Check(name: "a query of another dimension is refused with both numbers") { subject in
            _ = try await subject.add([subject.entry(1)])
            let wrong = try Embedding([1, 2, 3])
            try await subject.fails {
                _ = try await subject.engine.search(SearchRequest(.embedding(wrong)))
            } matches: {
                ($0 as? VectorError) == .dimensionMismatch(got: 3, expected: 8)
            }
        },
        Check(name: "a query of another model is refused with both names") { subject in
            _ = try await subject.add([subject.entry(1)])
            let own = EngineConformance.model
            let other = ModelIdentity(
                name: "another", weightsSHA256: own.weightsSHA256, precision: own.precision, descriptor: own.descriptor,
                dimension: own.dimension, metric: own.metric)
            let query = try subject.vector(1)
            try await subject.fails {
                _ = try await subject.engine.search(SearchRequest(.embedding(query, of: other)))
            } matches: {
                ($0 as? EngineError) == .modelMismatch(got: other, expected: own)
            }
            try subject.equal(
                try await subject.engine.search(SearchRequest(.embedding(query, of: own))).hits.count, 1)
        },
        Check(name: "an exact search says that it was exact", needs: { $0.isExactProven }) { subject in
            _ = try await subject.add([subject.entry(1), subject.entry(2)])
            let plan = try await subject.search(1).plan
            try subject.expect(plan.exact, "the plan is \(plan)")
            try subject.expect(plan.scanned >= 0 && plan.scanned <= 2, "scanned \(plan.scanned) of 2")
        },
        Check(name: "an index may be asked for by the name that plans give it, no other may") { subject in
            _ = try await subject.add((1...9).map { try subject.entry($0) })
            let query = SearchRequest.Query.embedding(try subject.vector(3))
            let free = try await subject.engine.search(SearchRequest(query, k: 4))
            let named = try await subject.engine.search(SearchRequest(query, k: 4, index: free.plan.index))
            try subject.equal(named, free)
            try await subject.fails {
                _ = try await subject.engine.search(SearchRequest(query, index: "no such index"))
            } matches: {
                guard case .noIndex("no such index", let available) = $0 as? EngineError else { return false }
                return available.contains(free.plan.index)
            }
        },
        Check(name: "equal inputs give equal outputs") { subject in
            _ = try await subject.add((1...50).map { try subject.entry($0 % 7 + 100 * $0) })
            let first = try await subject.search(1234)
            try subject.equal(try await subject.search(1234), first)
        },
        Check(name: "searches and writes run side by side") { subject in
            _ = try await subject.add((1...100).map { try subject.entry($0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 101...130 { _ = try await subject.add([subject.entry(number)]) }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<30 {
                            let hits = try await subject.search(50, k: 3).hits
                            try subject.equal(hits.map(\.distance), [0, 1, 1])
                        }
                    }
                }
                try await group.waitForAll()
            }
            try subject.equal(try await subject.engine.count(), 130)
        },
    ]
}
