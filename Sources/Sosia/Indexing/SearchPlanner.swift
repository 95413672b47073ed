import Catalog
import Indexes
import SosiaCore

/// The way to an answer.
enum SearchRoute {
    case flat
    case exact(IndexShelf.Held<ExactIndex>)
    case graph(IndexShelf.Held<GraphIndex>, effort: Int)
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
        if let wanted, let graph = indexes.graph, let effort = indexes.calibration?.effort(for: wanted) {
            return .graph(graph, effort: effort)
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

    func plan(scanned: Int) -> SearchPlan {
        switch self {
        case .flat: SearchPlan(index: FlatIndex.kind, exact: FlatIndex.isExact, scanned: scanned)
        case .exact: SearchPlan(index: ExactIndex.kind, exact: ExactIndex.isExact, scanned: scanned)
        case .graph: SearchPlan(index: GraphIndex.kind, exact: GraphIndex.isExact, scanned: scanned)
        }
    }
}
