import ArgumentParser
import Sosia

/// Which index a search takes.
struct IndexOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Search this index; it is built when there is none. `flat` scans every vector.", valueName: "kind"))
    var index: String?

    /// What is to be built before the search; an exact search needs nothing, and must not build what it then refuses.
    func demand(exact: Bool, approximate: Bool = false) -> IndexDemand? {
        guard !exact else { return nil }
        return index.map(IndexDemand.named) ?? (approximate ? .approximate : nil)
    }
}
