import SosiaCore

extension EngineConformance {
    static let exampleChecks: [Check] = [
        Check(name: "several examples are found between, and are left out") { subject in
            let ids = try await subject.add([10, 12, 14, 16, 30].map { try subject.entry($0) })
            let hits = try await subject.search([
                Example(.image(ids[0])), Example(.image(ids[3])), Example(.embedding(subject.vector(13)), weight: 2),
            ]).hits
            // (10 + 16 + 2 * 13) / 4
            try subject.equal(hits.map(\.record.id), [ids[1], ids[2], ids[4]])
            try subject.equal(hits.map(\.distance), [1, 1, 17])
        },
        Check(name: "a negative example turns the answer away from itself") { subject in
            // Unit vectors at angles: the first axis is what is liked, the second what is not.
            let vectors: [[Float]] = [[1, 0], [0.8, 0.6], [0.8, -0.6], [0, 1], [0, -1]]
            let entries = try vectors.enumerated().map { number, start in
                try subject.entry(number + 1, vector: Embedding(start + [Float](repeating: 0, count: 6)))
            }
            let ids = try await subject.add(entries)
            let liked = try await subject.search([Example(.image(ids[0]))]).hits
            try subject.equal(liked.prefix(2).map(\.record.id), [ids[1], ids[2]])
            let turned = try await subject.search([
                Example(.image(ids[0])), Example(.image(ids[3]), weight: -0.75),
            ]).hits
            try subject.equal(turned.map(\.record.id), [ids[2], ids[4], ids[1]])
        },
        Check(name: "examples that weigh each other out are refused") { subject in
            let ids = try await subject.add([subject.entry(1), subject.entry(2)])
            try await subject.fails {
                _ = try await subject.search([Example(.image(ids[0])), Example(.image(ids[0]), weight: -1)])
            } matches: {
                ($0 as? EngineError) == .examplesCancel
            }
        },
        Check(name: "examples that cannot be used are named in the error") { subject in
            let ids = try await subject.add([subject.entry(1)])
            let unknown = ImageID(rawValue: 77)
            try await subject.fails {
                _ = try await subject.search([Example(.image(ids[0])), Example(.image(unknown), weight: -0.5)])
            } matches: {
                ($0 as? EngineError) == .unknownImage(unknown)
            }
            let short = try Embedding([1, 2, 3])
            try await subject.fails {
                _ = try await subject.search([Example(.image(ids[0])), Example(.embedding(short))])
            } matches: {
                ($0 as? VectorError) == .dimensionMismatch(got: 3, expected: 8)
            }
        },
        Check(name: "a batch is answered like its requests one by one") { subject in
            let ids = try await addShop(to: subject)
            let filter = try Filter(parsing: "number < 30 AND sold IS NULL")
            var requests = try (0..<40).map { number in
                try SearchRequest(.embedding(subject.vector(number * 3)), k: 1 + number % 3, mode: subject.mode)
            }
            requests += try [
                SearchRequest(.image(ids[3]), k: 4), SearchRequest(.image(ids[4]), k: 4, filter: filter),
                SearchRequest(.embedding(subject.vector(9)), k: 40, mode: subject.mode, filter: filter),
                SearchRequest(.embedding(subject.vector(9)), k: 40, maximumDistance: 3),
                SearchRequest(.examples([Example(.image(ids[3])), Example(.image(ids[9]))]), k: 2),
                SearchRequest(
                    .embedding(subject.vector(9)), k: 2,
                    after: SearchCursor(distance: 1, id: ids[7], returned: 2)),
            ]
            let responses = try await subject.engine.search(requests)
            try subject.equal(responses.count, requests.count)
            for (request, response) in zip(requests, responses) {
                let alone = try await subject.engine.search(request)
                try subject.equal(response.hits, alone.hits)
                try subject.equal(response.nextCursor, alone.nextCursor)
            }
            try subject.equal(try await subject.engine.search([SearchRequest]()).count, 0)
        },
        Check(name: "a batch that is too large is refused", needs: { $0.maximumK == SearchRequest.maximumK }) {
            subject in
            let query = try SearchRequest(.embedding(subject.vector(1)), k: 1)
            let deep = try SearchRequest(.embedding(subject.vector(1)), k: SearchRequest.maximumK)
            for requests in [Array(repeating: query, count: 1_001), Array(repeating: deep, count: 11)] {
                try await subject.fails {
                    _ = try await subject.engine.search(requests)
                } matches: {
                    if case .tooMany = $0 as? EngineError { true } else { false }
                }
            }
        },
        Check(name: "a batch with one bad request is refused") { subject in
            let ids = try await subject.add([subject.entry(1)])
            let unknown = ImageID(rawValue: 77)
            try await subject.fails {
                _ = try await subject.engine.search([SearchRequest(.image(ids[0])), SearchRequest(.image(unknown))])
            } matches: {
                ($0 as? EngineError) == .unknownImage(unknown)
            }
        },
    ]
}

extension Subject {
    func search(_ examples: [Example], k: Int = 10) async throws -> SearchResponse {
        try await engine.search(SearchRequest(.examples(examples), k: k, mode: mode))
    }
}
