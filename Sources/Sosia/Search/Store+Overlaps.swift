import Catalog
import SosiaCore

extension Store {
    /// Hits that are found for one that is wanted, at first: a tile of the standard stride has eight neighbours that
    /// overlap it.
    private static let ahead = 4

    /// Searches, and goes deeper until every page is full of hits that do not overlap.
    ///
    /// A page is cut out of the answer as a whole, because what was kept before it decides what is kept on it. So an
    /// answer has fewer than k hits when `SearchRequest.maximumK` neighbours hold no more.
    func merged(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        guard try engine.reading({ try engine.catalog.hasRasterTiles() }) else {
            return try await engine.search(requests)
        }
        let most = SearchRequest.maximumBatchHits / max(requests.count, 1)
        let first = try requests.map { request in
            let wanted = (request.cursor?.returned ?? 0) + request.k
            return try request.fromStart(k: min(wanted * Self.ahead, most, SearchRequest.maximumK))
        }
        var responses: [SearchResponse] = []
        for (index, response) in try await engine.search(first).enumerated() {
            responses.append(try await page(of: requests[index], response, to: first[index].k))
        }
        return responses
    }

    /// - Parameters:
    ///   - first: the nearest hits, `depth` of them unless there are no more.
    private func page(
        of request: SearchRequest, _ first: SearchResponse, to depth: Int
    ) async throws -> SearchResponse {
        var (response, depth) = (first, depth)
        while true {
            var merger = OverlapMerger()
            let kept = response.hits.filter { merger.keeps($0) }.filter { hit in
                request.cursor?.precedes(distance: hit.distance, id: hit.record.id) ?? true
            }
            // The answer's cursor does not tell: there is none behind half of `maximumK`, whatever comes after it.
            let isAll = response.hits.count < depth || depth >= SearchRequest.maximumK
            // One more than wanted tells whether there is a page behind this one.
            if kept.count > request.k || isAll {
                return SearchResponse(
                    hits: Array(kept.prefix(request.k)), plan: response.plan, nextCursor: request.next(kept))
            }
            depth = min(depth * Self.ahead, SearchRequest.maximumK)
            response = try await engine.search(try request.fromStart(k: depth))
        }
    }
}

extension SearchRequest {
    /// The same question for the first `k` hits.
    fileprivate func fromStart(k: Int) throws(EngineError) -> SearchRequest {
        try SearchRequest(
            query, k: k, mode: mode, filter: filter, maximumDistance: maximumDistance, excluding: excluding)
    }

    /// - Parameter kept: what belongs on this page, and something of what is behind it.
    fileprivate func next(_ kept: [SearchHit]) -> SearchCursor? {
        let returned = (cursor?.returned ?? 0) + k
        guard kept.count > k, returned + k <= Self.maximumK else { return nil }
        return SearchCursor(distance: kept[k - 1].distance, id: kept[k - 1].record.id, returned: returned)
    }
}
