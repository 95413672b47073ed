import Catalog
package import SosiaCore
import Workers

extension EmbeddedEngine {
    /// Searches the newest committed state, whichever process wrote it. Requests with the same k, mode, index and filter
    /// scan the vectors together.
    package func search(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        try SearchRequest.check(batch: requests)
        return try await searches.run { try self.answer(requests) }
    }

    /// The vector of a picture, as it was added.
    package func embedding(of id: ImageID) async throws -> Embedding {
        try await searches.run { try self.embedding(of: id, in: self.snapshot()) }
    }

    /// Vectors ordered by picture id. A picture that changes in the meantime is returned with its new vector.
    package func vectors(after id: ImageID?, limit: Int) async throws -> [StoredVector] {
        try await searches.run {
            var last = id
            while true {
                let (generation, ids) = try self.catalog.pictures(after: last, limit: limit)
                let snapshot = try self.snapshot()
                // A compaction in between has moved every row.
                guard snapshot.state.generation == generation else { continue }
                let found = try ids.compactMap { id in
                    try snapshot.slot(of: id, likely: { try self.catalog.slot(of: id) }).map { slot in
                        StoredVector(id: id, embedding: try Embedding(snapshot.vectors.vector(slot)))
                    }
                }
                // All pictures of a page may be gone by now, but an empty page would mean the end.
                if !found.isEmpty || ids.isEmpty { return found }
                last = ids.last
            }
        }
    }

    private func answer(_ requests: [SearchRequest]) throws -> [SearchResponse] {
        let (snapshot, passing) = try view(of: Set(requests.compactMap(\.filter)))
        defer { buildWhenItPays(snapshot) }
        let queries = try requests.map { request in
            try Query(request, vector: request.vector(for: model) { try embedding(of: $0, in: snapshot) })
        }
        var pages = [Page?](repeating: nil, count: queries.count)
        let groups = Dictionary(grouping: queries.indices) { queries[$0].group }
        for (group, members) in groups {
            let allowed = group.filter.flatMap { passing[$0] }
            let found = try nearest(
                to: members.map { queries[$0].vector }, k: group.k, way: group.way, allowed: allowed, in: snapshot)
            for (member, answer) in zip(members, found) {
                pages[member] = try page(queries[member], answer, allowed: allowed, in: snapshot)
            }
        }
        return try responses(pages.compactMap(\.self))
    }

    /// A snapshot, and the rows of it that pass each filter.
    private func view(of filters: Set<Filter>) throws -> (Snapshot, [Filter: RowFilter]) {
        /// A busy writer must not keep a search waiting forever.
        var patience = 3
        while true {
            let passing = try filters.map { filter in
                guard let rows = try self.passing.rows(passing: filter, of: catalog) else {
                    throw StoreError.missing(path: files.root)
                }
                return (filter, rows)
            }
            let snapshot = try snapshot()
            patience -= 1
            // Only a compaction reassigns slots; otherwise the filter's rows are merely out of date by a commit.
            let fits = passing.allSatisfy { _, rows in
                rows.generation == snapshot.state.generation
                    && (rows.revision == snapshot.state.revision || patience <= 0)
            }
            if fits { return (snapshot, Dictionary(uniqueKeysWithValues: passing.map { ($0, $1.rows) })) }
        }
    }

    private func embedding(of id: ImageID, in snapshot: Snapshot) throws -> Embedding {
        let slot = try snapshot.slot(of: id) { try catalog.slot(of: id) }
        guard let slot else { throw EngineError.unknownImage(id) }
        return try Embedding(snapshot.vectors.vector(slot))
    }

    /// Reads the records of all pages at once.
    private func responses(_ pages: [Page]) throws -> [SearchResponse] {
        let ids = Set(pages.flatMap { $0.neighbors.map { ImageID(rawValue: $0.id) } })
        let records = try catalog.records(Array(ids))
        let byID = Dictionary(records.map { ($0.id.rawValue, $0) }) { first, _ in first }
        return pages.map { page in
            // A picture removed after the snapshot was taken is left out.
            let hits = page.neighbors.compactMap { neighbor in
                byID[neighbor.id].map { SearchHit(record: $0, distance: neighbor.distance) }
            }
            return SearchResponse(hits: hits, plan: page.plan, nextCursor: page.next)
        }
    }
}

/// The rows that pass recently used filters: paging through an answer, for example, uses one filter again and again.
final class PassingRowsCache: Sendable {
    private struct Entry {
        let version: Int64
        let rows: PassingRows
    }

    private let entries = RecentCache<Filter, Entry>(capacity: 16)

    /// Evaluates a filter, unless its rows are known for the catalog's present version.
    /// - Throws: `StoreError`
    func rows(passing filter: Filter, of catalog: Catalog) throws -> PassingRows? {
        let version = try catalog.version()
        if let entry = entries[filter], entry.version == version { return entry.rows }
        guard let rows = try catalog.passing(filter) else { return nil }
        // After a commit in between, this is stored under the older version and so evaluated again.
        entries[filter] = Entry(version: version, rows: rows)
        return rows
    }
}
