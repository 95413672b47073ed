import Catalog
import Indexes
import SosiaCore

/// How a request is answered.
enum SearchRoute {
    case flat
    /// - Parameter settings: the search settings of an approximate index.
    case index(OpenIndex, settings: [String: Int])
}

/// Chooses how to answer a request, given the open indexes.
struct SearchPlanner {
    /// The plain scan's name, used like that of an index.
    static let plainScan = FlatIndex.kind

    /// The open indexes, in order of preference.
    let indexes: [OpenIndex]
    /// All kinds of index, open or not.
    let kinds: [IndexKind]
    let state: CatalogState

    /// - Parameter name: the requested kind of index; nil for any.
    /// - Throws: `EngineError.inexactIndex`, `.noIndex`
    func route(_ mode: SearchRequest.Mode, index name: String? = nil) throws(EngineError) -> SearchRoute {
        if let name { return try route(mode, named: name) }
        var cheapest: (index: OpenIndex, entry: IndexCalibration.Entry)?
        for open in indexes where mayTake(open.kind, mode) {
            guard let entry = open.calibration?.cheapest(for: mode.recall) else { continue }
            if let known = cheapest, known.entry.milliseconds <= entry.milliseconds { continue }
            cheapest = (open, entry)
        }
        return cheapest.map { .index($0.index, settings: $0.entry.settings) } ?? exact
    }

    /// Whether a kind of index may give an approximate answer.
    private func mayTake(_ kind: IndexKind, _ mode: SearchRequest.Mode) -> Bool {
        switch mode {
        case .exact: false
        case .approximate: !kind.isExact
        case .automatic: !kind.isExact && kind.upkeep.pays(rows: state.rows, dimension: state.model.dimension)
        }
    }

    /// The route to a proven answer.
    var exact: SearchRoute {
        indexes.first { $0.kind.isExact }.map { .index($0, settings: [:]) } ?? .flat
    }

    private func route(_ mode: SearchRequest.Mode, named name: String) throws(EngineError) -> SearchRoute {
        if name == Self.plainScan { return .flat }
        if mode == .exact, let kind = kinds.first(where: { $0.name == name }), !kind.isExact {
            throw .inexactIndex(name)
        }
        if let open = indexes.first(where: { $0.kind.name == name }) {
            if open.kind.isExact { return .index(open, settings: [:]) }
            if let entry = open.calibration?.cheapest(for: mode.recall) ?? open.calibration?.widest {
                return .index(open, settings: entry.settings)
            }
        }
        // An index whose recall is unknown does not count as built yet.
        let there = indexes.filter { $0.kind.isExact || $0.calibration != nil }.map(\.kind.name)
        throw .noIndex(name, available: [Self.plainScan] + there)
    }
}

extension SearchRequest.Mode {
    /// The recall that an approximate index has to reach.
    fileprivate var recall: Double {
        if case .approximate(let recall) = self { recall } else { SearchRequest.defaultRecall }
    }
}

extension SearchRoute {
    /// The file of the index; nil for the plain scan.
    var file: IndexFile? {
        if case .index(let open, _) = self { open.file } else { nil }
    }

    var isExact: Bool {
        if case .index(let open, _) = self { open.kind.isExact } else { FlatIndex.isExact }
    }

    /// - Parameter allowed: the number of rows that pass the request's filter; nil without one.
    func plan(of found: NeighborList, allowed: Int?) -> SearchPlan {
        let filtering = allowed.map { allowed in
            let isMeasuredOnly = found.scanned == found.measured && found.scanned <= allowed
            return SearchPlan.Filtering(way: isMeasuredOnly ? .rows : .bitmap, allowed: allowed)
        }
        return SearchPlan(index: kind, exact: isExact, scanned: found.scanned, filter: filtering)
    }

    private var kind: String {
        if case .index(let open, _) = self { open.kind.name } else { SearchPlanner.plainScan }
    }
}
