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
        let (ids, keys) = try await allKeys()
        var groups = Groups(ids)
        var (last, done) = (ImageID?.none, 0)
        while true {
            let page = try await vectors(after: last, limit: limits.rowsPerCall)
            guard let end = page.last else { break }
            try await join(page, within: distance, keys, &groups)
            last = end.id
            done += page.count
            progress(done, max(done, ids.count))
        }
        return groups.page(after: after, limit: limit)
    }

    /// The ids of all pictures, ascending, and which row is whose.
    private func allKeys() async throws -> (ids: [ImageID], keys: [VectorKey: ImageID]) {
        var (ids, keys): ([ImageID], [VectorKey: ImageID]) = ([], [:])
        while true {
            try Task.checkCancellation()
            let page = try await ledger.keys(after: ids.last, limit: limits.rowsPerCall)
            if page.isEmpty { return (ids, keys) }
            for (id, key) in page {
                ids.append(id)
                keys[key] = id
            }
        }
    }

    private func join(
        _ vectors: [StoredVector], within distance: Float, _ keys: [VectorKey: ImageID], _ groups: inout Groups
    ) async throws {
        var (open, k) = (vectors, Self.neighbors)
        while !open.isEmpty {
            try Task.checkCancellation()
            k = min(k, limits.hitsPerCall)
            let answers = try await service.nearest(to: open.map(\.embedding), k: k, among: .all)
            var deeper: [StoredVector] = []
            for (vector, hits) in zip(open, answers) {
                let near = hits.prefix { $0.distance <= distance }
                for hit in near {
                    if let other = keys[hit.key], other != vector.id { groups.join(vector.id, other, hit.distance) }
                }
                if near.count == k { deeper.append(vector) }
            }
            if k == limits.hitsPerCall {
                groups.truncated += deeper.count
                return
            }
            (open, k) = (deeper, k * Self.growth)
        }
    }
}

/// Sets that are joined, each known by its smallest member (union-find with path halving; Tarjan & van Leeuwen, 1984).
private struct Groups {
    private let ids: [ImageID]
    private let positions: [ImageID: Int]
    private var parents: [Int]
    private var nearest: [Float]
    var truncated = 0

    init(_ ids: [ImageID]) {
        self.ids = ids
        positions = Dictionary(zip(ids, ids.indices)) { first, _ in first }
        parents = Array(ids.indices)
        nearest = Array(repeating: .infinity, count: ids.count)
    }

    mutating func join(_ one: ImageID, _ other: ImageID, _ distance: Float) {
        guard let one = positions[one], let other = positions[other] else { return }
        nearest[one] = min(nearest[one], distance)
        nearest[other] = min(nearest[other], distance)
        let (first, second) = (root(one), root(other))
        parents[max(first, second)] = min(first, second)
    }

    private mutating func root(_ position: Int) -> Int {
        var position = position
        while parents[position] != position {
            parents[position] = parents[parents[position]]
            position = parents[position]
        }
        return position
    }

    mutating func page(after: ImageID?, limit: Int) -> DuplicatesResponse {
        var members: [Int: [Int]] = [:]
        for position in ids.indices { members[root(position), default: []].append(position) }
        let roots = members.filter { $0.value.count > 1 }.keys.sorted()
        let rest = roots.filter { root in after.map { ids[root] > $0 } ?? true }
        let page = rest.prefix(limit)
        let groups = page.map { root in
            DuplicateGroup(
                members: (members[root] ?? []).map { DuplicateGroup.Member(id: ids[$0], distance: nearest[$0]) })
        }
        return DuplicatesResponse(
            groups: groups, total: roots.count, truncated: truncated,
            next: page.count < rest.count ? page.last.map { ids[$0] } : nil)
    }
}
