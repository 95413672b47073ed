import SosiaCore
import Synchronization

extension Store {
    /// Hits that are found for one that is wanted, at first: a tile of the standard stride has eight neighbours that
    /// overlap it.
    private static let ahead = 4

    /// Searches, and goes deeper until every page is full of hits that do not overlap.
    ///
    /// What has no tiles of rasters among its hits is answered with one call. Where the answer before had some, this one
    /// is taken to have them, too, and asked for deep enough at once.
    func merged(_ requests: [SearchRequest]) async throws -> [SearchResponse] {
        if meetsRasterTiles.load(ordering: .relaxed) { return try await pages(of: requests) }
        var responses = try await engine.search(requests)
        let tiled = responses.indices.filter { responses[$0].hasRasterTiles }
        if tiled.isEmpty { return responses }
        for (index, page) in zip(tiled, try await pages(of: tiled.map { requests[$0] })) { responses[index] = page }
        return responses
    }

    /// A page is cut out of the answer as a whole, because what was kept before it decides what is kept on it. So an
    /// answer has fewer than k hits when `SearchRequest.maximumK` neighbours hold no more.
    private func pages(of requests: [SearchRequest]) async throws -> [SearchResponse] {
        let most = SearchRequest.maximumBatchHits / max(requests.count, 1)
        let first = try requests.map { request in
            let wanted = (request.cursor?.returned ?? 0) + request.k
            return try request.fromStart(k: min(wanted * Self.ahead, most, SearchRequest.maximumK))
        }
        let found = try await engine.search(first)
        meetsRasterTiles.store(found.contains(where: \.hasRasterTiles), ordering: .relaxed)
        var responses: [SearchResponse] = []
        for (index, response) in found.enumerated() {
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
                    hits: Array(kept.prefix(request.k)), plan: response.plan,
                    nextCursor: request.cursor(behind: kept))
            }
            depth = min(depth * Self.ahead, SearchRequest.maximumK)
            response = try await engine.search(try request.fromStart(k: depth))
        }
    }
}

/// Takes hits in the order of answers, and tells which are kept.
struct OverlapMerger {
    /// Windows of the hits that were kept, by file.
    private var kept: [Int64: [PixelWindow]] = [:]

    /// - Returns: whether the hit is kept; pictures that are no tiles of a raster always are.
    mutating func keeps(_ hit: SearchHit) -> Bool {
        guard let tile = hit.record.tile, tile.kind == .raster else { return true }
        if kept[tile.container, default: []].contains(where: tile.window.overlaps) { return false }
        kept[tile.container, default: []].append(tile.window)
        return true
    }
}

extension SearchResponse {
    fileprivate var hasRasterTiles: Bool { hits.contains { $0.record.tile?.kind == .raster } }
}

extension SearchRequest {
    /// The same question for the first `k` hits.
    fileprivate func fromStart(k: Int) throws(EngineError) -> SearchRequest {
        try SearchRequest(
            query, k: k, mode: mode, filter: filter, maximumDistance: maximumDistance, excluding: excluding,
            index: index)
    }
}
