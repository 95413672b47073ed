import Catalog
public import SosiaCore
import Workers

extension EmbeddedEngine {
    /// Searches the newest committed state, whoever wrote it, on a thread of the engine's own.
    /// - Throws: `EngineError`, `VectorError.dimensionMismatch`, ``StoreError``.
    public func search(_ request: SearchRequest) async throws -> SearchResponse {
        try await search([request])[0]
    }

    /// Requests with the same k, mode, index and filter pass over the vectors together.
    /// - Throws: `EngineError`, `VectorError.dimensionMismatch`, ``StoreError``.
    public func search(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        guard requests.count <= SearchRequest.maximumBatch else {
            throw EngineError.tooMany("requests", got: requests.count, maximum: SearchRequest.maximumBatch)
        }
        let hits = requests.reduce(0) { $0 + $1.k }
        guard hits <= SearchRequest.maximumBatchHits else {
            throw EngineError.tooMany("hits of a batch", got: hits, maximum: SearchRequest.maximumBatchHits)
        }
        return try await searches.run { try self.answer(requests) }
    }

    /// The vector of a picture, as it was added.
    /// - Throws: `EngineError.unknownImage`; ``StoreError``
    public func embedding(of id: ImageID) async throws -> Embedding {
        try embedding(of: id, in: snapshot())
    }

    private func answer(_ requests: [SearchRequest]) throws -> [SearchResponse] {
        let (snapshot, passing) = try view(of: Set(requests.compactMap(\.filter)))
        defer { buildWhenItPays(snapshot) }
        let queries = try requests.map { try Query($0, vector: vector(of: $0.query, in: snapshot)) }
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
        /// A writer that commits all the time must not keep a search waiting for a quiet moment.
        var patience = 3
        while true {
            let passing = try reading {
                try filters.map { filter in
                    guard let rows = try self.passing.rows(passing: filter, of: catalog) else {
                        throw StoreError.missing(path: layout.root)
                    }
                    return (filter, rows)
                }
            }
            let snapshot = try snapshot()
            patience -= 1
            // Slots are given anew by a compaction only; between other commits a filter is at most a commit late.
            let fits = passing.allSatisfy { _, rows in
                rows.generation == snapshot.state.generation
                    && (rows.revision == snapshot.state.revision || patience <= 0)
            }
            if fits { return (snapshot, Dictionary(uniqueKeysWithValues: passing.map { ($0, $1.rows) })) }
        }
    }

    private func vector(of query: SearchRequest.Query, in snapshot: Snapshot) throws -> Embedding {
        switch query {
        case .embedding(let embedding, let model): return try checked(embedding, of: model)
        case .image(let id): return try embedding(of: id, in: snapshot)
        case .examples(let examples):
            let weighed = try examples.map { example -> (vector: Embedding, weight: Float) in
                switch example.source {
                case .embedding(let embedding, let model): (try checked(embedding, of: model), example.weight)
                case .image(let id): (try embedding(of: id, in: snapshot), example.weight)
                }
            }
            return try Rocchio.combine(weighed, metric: model.metric)
        }
    }

    private func checked(_ embedding: Embedding, of queryModel: ModelIdentity?) throws -> Embedding {
        if let queryModel, queryModel != model {
            throw EngineError.modelMismatch(got: queryModel, expected: model)
        }
        guard embedding.dimension == model.dimension else {
            throw VectorError.dimensionMismatch(got: embedding.dimension, expected: model.dimension)
        }
        return embedding
    }

    private func embedding(of id: ImageID, in snapshot: Snapshot) throws -> Embedding {
        let slot = try reading { try snapshot.slot(of: id) { try catalog.slot(of: id) } }
        guard let slot else { throw EngineError.unknownImage(id) }
        return try Embedding(snapshot.vectors.vector(slot))
    }

    /// The records of all pages are read at once.
    private func responses(_ pages: [Page]) throws -> [SearchResponse] {
        let ids = Set(pages.flatMap { $0.neighbors.map { ImageID(rawValue: $0.id) } })
        let records = try reading { try catalog.records(Array(ids)) }
        let byID = Dictionary(records.map { ($0.id.rawValue, $0) }) { first, _ in first }
        return pages.map { page in
            // A picture that was removed after the snapshot was taken is left out.
            let hits = page.neighbors.compactMap { neighbor in
                byID[neighbor.id].map { SearchHit(record: $0, distance: neighbor.distance) }
            }
            return SearchResponse(hits: hits, plan: page.plan, nextCursor: page.next)
        }
    }
}
