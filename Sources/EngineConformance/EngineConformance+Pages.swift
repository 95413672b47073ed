import SosiaCore

extension EngineConformance {
    static let pageChecks: [Check] = [
        Check(name: "nothing beyond the distance is found") { subject in
            _ = try await subject.add((1...20).map { try subject.entry($0) })
            let near = try await subject.search(10, k: 20, maximumDistance: 2)
            try subject.equal(near.hits.map(\.distance), [0, 1, 1, 2, 2])
            try subject.equal(near.nextCursor, nil)
            try subject.equal(try await subject.search(100, maximumDistance: 1).hits.count, 0)
        },
        Check(name: "pages behind each other are one long answer") { subject in
            // Pairs at equal distances, so that a page can end between the two.
            _ = try await subject.add((1...50).map { try subject.entry($0) })
            let whole = try await subject.search(25, k: 50).hits
            for k in [1, 7, 10, 25, 49, 50, 51] {
                let pages = try await subject.pages(25, k: k)
                try subject.equal(pages.flatMap(\.self), whole)
                try subject.expect(pages.dropLast().allSatisfy { $0.count == k }, "a page in between is not full")
            }
        },
        Check(name: "pages go together with a filter and a distance") { subject in
            _ = try await addShop(to: subject)
            let whole = try await subject.search(20, k: 50, where: "number > 10", maximumDistance: 12).hits
            try subject.equal(whole.count, 22)
            let pages = try await subject.pages(20, k: 5, where: "number > 10", maximumDistance: 12)
            try subject.equal(pages.flatMap(\.self), whole)
        },
        Check(name: "pictures that come and go between two pages repeat and hide none") { subject in
            let ids = try await subject.add((1...30).map { try subject.entry($0 * 10) })
            let first = try await subject.search(0, k: 10)
            try subject.equal(first.hits.map(\.record.id), Array(ids[..<10]))
            // Twenty new pictures before the cursor and one after it, and one that was already shown is removed.
            _ = try await subject.add((1...20).map { try subject.entry($0) })
            let late = try await subject.add([subject.entry(155)])
            _ = try await subject.engine.remove([ids[2], ids[11]])
            let second = try await subject.search(0, k: 10, after: first.nextCursor)
            try subject.equal(
                second.hits.map(\.record.id), [ids[10], ids[12], ids[13], ids[14]] + late + Array(ids[15..<20]))
        },
        Check(name: "what is left out by name is not in the answer") { subject in
            let ids = try await subject.add((1...10).map { try subject.entry($0) })
            let request = try SearchRequest(
                .embedding(subject.vector(1)), k: 3, mode: subject.mode,
                excluding: [ids[0], ids[2], ImageID(rawValue: 999)])
            try subject.equal(
                try await subject.engine.search(request).hits.map(\.record.id), [ids[1], ids[3], ids[4]])
        },
        Check(name: "the vector of a picture is the one it was added with") { subject in
            let ids = try await subject.add([subject.entry(1), subject.entry(2)])
            try subject.equal(try await subject.engine.embedding(of: ids[1]), subject.vector(2))
            let unknown = ImageID(rawValue: 77)
            try await subject.fails {
                _ = try await subject.engine.embedding(of: unknown)
            } matches: {
                ($0 as? EngineError) == .unknownImage(unknown)
            }
        },
    ]
}

extension Subject {
    func search(
        _ number: Int, k: Int = 10, where filter: String? = nil, maximumDistance: Float? = nil,
        after cursor: SearchCursor? = nil
    ) async throws -> SearchResponse {
        try await engine.search(
            SearchRequest(
                .embedding(vector(number)), k: k, mode: mode, filter: filter.map { try Filter(parsing: $0) },
                maximumDistance: maximumDistance, after: cursor))
    }

    /// Reads all pages, passing each cursor on as text.
    func pages(
        _ number: Int, k: Int, where filter: String? = nil, maximumDistance: Float? = nil
    ) async throws -> [[SearchHit]] {
        var pages: [[SearchHit]] = []
        var cursor: SearchCursor?
        repeat {
            let page = try await search(
                number, k: k, where: filter, maximumDistance: maximumDistance, after: cursor)
            pages.append(page.hits)
            cursor = page.nextCursor.flatMap { SearchCursor($0.description) }
            try expect(pages.count <= 100, "the pages do not end")
        } while cursor != nil
        return pages
    }
}
