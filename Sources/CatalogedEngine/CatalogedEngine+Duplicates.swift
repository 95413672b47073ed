public import SosiaCore

/// Near-duplicates: the neighbours of every picture, joined into groups.
extension CatalogedEngine {
    /// Neighbours that are asked for first, and by how much more then.
    private static var neighbors: Int { 16 }
    private static var growth: Int { 8 }

    public func duplicates(
        within distance: Float, limit: Int, after: ImageID?, progress: @escaping WorkProgress
    ) async throws -> DuplicatesResponse {
        try DuplicatesResponse.check(distance: distance, limit: limit)
        try await refresh()
        let (ids, rows) = try await allKeys()
        let positions = Dictionary(zip(ids, ids.indices)) { first, _ in first }
        var (sets, truncated) = (DuplicateSets(count: ids.count), 0)
        var (last, done) = (ImageID?.none, 0)
        while true {
            let page = try await vectors(after: last, limit: limits.rowsPerCall)
            guard let end = page.last else { break }
            let open = page.compactMap { vector in positions[vector.id].map { (vector: vector.embedding, position: $0) }
            }
            truncated += try await join(open, within: distance, rows, &sets)
            last = end.id
            done += page.count
            progress(done, max(done, ids.count))
        }
        let groups = sets.groups(of: ids.indices) { ids[$0] }
        return DuplicatesResponse(groups, after: after, limit: limit, truncated: truncated)
    }

    /// The ids of all pictures, ascending, and the place in that order of the picture that a row belongs to.
    private func allKeys() async throws -> (ids: [ImageID], rows: [VectorKey: Int]) {
        var (ids, rows): ([ImageID], [VectorKey: Int]) = ([], [:])
        while true {
            try Task.checkCancellation()
            let page = try await ledger.keys(after: ids.last, limit: limits.rowsPerCall)
            if page.isEmpty { return (ids, rows) }
            for (id, key) in page {
                rows[key] = ids.count
                ids.append(id)
            }
        }
    }

    /// - Parameter rows: which row of the service is whose.
    /// - Returns: how many pictures have more neighbours within the distance than can be asked for.
    private func join(
        _ pictures: [(vector: Embedding, position: Int)], within distance: Float, _ rows: [VectorKey: Int],
        _ sets: inout DuplicateSets
    ) async throws -> Int {
        var (open, k) = (pictures, Self.neighbors)
        while !open.isEmpty {
            try Task.checkCancellation()
            k = min(k, limits.hitsPerCall)
            let answers = try await service.nearest(to: open.map(\.vector), k: k, among: .all)
            var deeper: [(vector: Embedding, position: Int)] = []
            for (picture, hits) in zip(open, answers) {
                let near = hits.prefix { $0.distance <= distance }
                for hit in near {
                    guard let other = rows[hit.key], other != picture.position else { continue }
                    sets.join(picture.position, other, distance: hit.distance)
                }
                if near.count == k { deeper.append(picture) }
            }
            if k == limits.hitsPerCall { return deeper.count }
            (open, k) = (deeper, k * Self.growth)
        }
        return 0
    }
}
