import Catalog
import Indexes
import SosiaCore

/// The way to an answer.
enum SearchRoute {
    case flat
    case exact(IndexShelf.Held<ExactIndex>)
    case graph(IndexShelf.Held<GraphIndex>, width: Calibration.Entry)
}

/// Picks the way to an answer from what is there and what is asked for.
struct SearchPlanner {
    /// From so many values (rows times dimension) on, an exact search takes longer than the embedding of its query, so
    /// that the graph is worth its building and what it misses.
    static let graphPaysAtValues = 1_500_000_000

    static func graphPays(_ state: CatalogState) -> Bool {
        state.rows.multipliedReportingOverflow(by: state.model.dimension).partialValue >= graphPaysAtValues
    }

    let indexes: IndexShelf.Indexes
    let state: CatalogState

    func route(_ mode: SearchRequest.Mode) -> SearchRoute {
        let wanted: Double? =
            switch mode {
            case .automatic: Self.graphPays(state) ? SearchRequest.defaultRecall : nil
            case .exact: nil
            case .approximate(let recall): recall
            }
        if let wanted, let graph = indexes.graph, let width = indexes.calibration?.cheapest(for: wanted) {
            return .graph(graph, width: width)
        }
        return indexes.exact.map(SearchRoute.exact) ?? .flat
    }
}

extension SearchRoute {
    /// The file of the index, nil for the plain scan.
    var file: IndexFile? {
        switch self {
        case .flat: nil
        case .exact(let held): held.file
        case .graph(let held, _): held.file
        }
    }

    /// - Parameter allowed: rows that pass the request's filter; nil without one.
    func plan(of found: NeighborList, allowed: Int?) -> SearchPlan {
        let filtering = allowed.map { allowed in
            let isMeasuredOnly = found.scanned == found.measured && found.scanned <= allowed
            return SearchPlan.Filtering(way: isMeasuredOnly ? .rows : .bitmap, allowed: allowed)
        }
        return SearchPlan(index: kind, exact: isExact, scanned: found.scanned, filter: filtering)
    }

    private var kind: String {
        switch self {
        case .flat: FlatIndex.kind
        case .exact: ExactIndex.kind
        case .graph: GraphIndex.kind
        }
    }

    private var isExact: Bool {
        switch self {
        case .flat: FlatIndex.isExact
        case .exact: ExactIndex.isExact
        case .graph: GraphIndex.isExact
        }
    }
}
