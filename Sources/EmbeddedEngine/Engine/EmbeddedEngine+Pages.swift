import Catalog
import Indexes
import SosiaCore

extension EmbeddedEngine {
    /// A request with its query as a vector.
    struct Query {
        /// What requests that are answered together have in common.
        struct Group: Hashable {
            let k: Int
            let way: Way
            let filter: Filter?
        }

        /// The planner's input.
        struct Way: Hashable {
            var mode: SearchRequest.Mode
            /// The requested kind of index; nil for any.
            var index: String?
        }

        let request: SearchRequest
        let vector: Embedding
        let leftOut: Set<ImageID>

        init(_ request: SearchRequest, vector: Embedding) {
            self.request = request
            self.vector = vector
            leftOut = request.leftOut
        }

        /// Its neighbours are enough for this page, unless pictures were added since the previous one.
        var group: Group { Group(k: wanted(ahead: 0), way: way, filter: request.filter) }

        var way: Way { Way(mode: request.mode, index: request.index) }

        func wanted(ahead: Int) -> Int {
            let pages = (request.cursor?.returned ?? 0) + request.k + ahead
            return min(pages, SearchRequest.maximumK) + leftOut.count
        }

        /// The neighbours that belong on this page or later ones.
        func behindCursor(_ neighbors: [Neighbor]) -> [Neighbor] {
            neighbors.filter { neighbor in
                let id = ImageID(rawValue: neighbor.id)
                return isNear(neighbor) && !leftOut.contains(id)
                    && request.cursor?.precedes(distance: neighbor.distance, id: id) ?? true
            }
        }

        func isNear(_ neighbor: Neighbor) -> Bool {
            request.maximumDistance.map { neighbor.distance <= $0 } ?? true
        }
    }

    /// The neighbours of one page.
    struct Page {
        let neighbors: [Neighbor]
        let plan: SearchPlan
        let next: SearchCursor?
    }

    /// Neighbours and how they were found.
    struct Found {
        let list: NeighborList
        let plan: SearchPlan
    }

    /// Extracts a page from the neighbours found, and searches for more if pictures added since the previous page have
    /// displaced its hits.
    func page(_ query: Query, _ first: Found, allowed: RowFilter?, in snapshot: Snapshot) throws -> Page {
        let request = query.request
        let total = allowed?.count ?? snapshot.liveCount
        var (found, ahead) = (first, 0)
        while true {
            let neighbors = found.list.neighbors
            let candidates = query.behindCursor(neighbors)
            let isAllFound = neighbors.count >= total || neighbors.last.map { !query.isNear($0) } ?? true
            let wanted = query.wanted(ahead: ahead)
            ahead = 2 * ahead + request.k
            guard candidates.count < request.k, !isAllFound, query.wanted(ahead: ahead) > wanted else {
                return Page(
                    neighbors: Array(candidates.prefix(request.k)), plan: found.plan,
                    next: next(query, candidates, isMoreBehind: !isAllFound))
            }
            found = try nearest(
                to: [query.vector], k: query.wanted(ahead: ahead), way: query.way, allowed: allowed, in: snapshot)[0]
        }
    }

    private func next(_ query: Query, _ candidates: [Neighbor], isMoreBehind: Bool) -> SearchCursor? {
        let request = query.request
        let returned = (request.cursor?.returned ?? 0) + request.k
        guard candidates.count > request.k || candidates.count == request.k && isMoreBehind,
            returned + request.k <= SearchRequest.maximumK
        else { return nil }
        let last = candidates[request.k - 1]
        return SearchCursor(distance: last.distance, id: ImageID(rawValue: last.id), returned: returned)
    }

    /// The nearest rows of several queries; all of them if there are fewer than k.
    /// - Throws: `EngineError.inexactIndex`, `.noIndex`; `StoreError`
    func nearest(
        to queries: [Embedding], k: Int, way: Query.Way, allowed: RowFilter?, in snapshot: Snapshot
    ) throws -> [Found] {
        let values = queries.flatMap(\.values)
        var way = way
        while true {
            let planner = SearchPlanner(
                indexes: indexes.indexes(for: snapshot), kinds: indexes.kinds, state: snapshot.state)
            let route = try planner.route(way.mode, index: way.index)
            do {
                let lists = try snapshot.nearest(
                    to: values.span, k: k, allowed: allowed, by: route, threads: threads, budget: memory)
                let total = min(k, allowed?.count ?? snapshot.liveCount)
                if !route.isExact, lists.contains(where: { $0.neighbors.count < total }) {
                    // A walk may end before it has found enough rows.
                    way = Query.Way(mode: .exact)
                    continue
                }
                return lists.map { Found(list: $0, plan: route.plan(of: $0, allowed: allowed?.count)) }
            } catch let error as IndexError {
                guard let file = route.file else { throw error }
                indexes.discard(file)
            }
        }
    }
}
