/// When an index is built, and how it follows a collection that grows.
public struct IndexUpkeep: Sendable, Hashable {
    /// From when on an index is worth its building.
    public enum Wanted: Sendable, Hashable {
        case always
        /// From so many values (rows times dimension) on, and before that when it is asked for.
        case fromValues(Int)
        /// Only when it is asked for.
        case onDemand
    }

    /// Once there, an index is kept up whatever this says.
    public var wanted: Wanted
    /// Below so many rows the plain scan is quick enough, and nothing is built.
    public var minimumRows: Int
    /// So many rows behind the last that the index covers are scanned with it; a greater tail is worth building for.
    public var minimumTail: Int
    /// The same as a share of the rows covered: one of so many.
    public var tailShare: Int
    /// A collection with more than so many times the rows that the index covers gets a new one; until then the old one
    /// is extended. 1 for an index that cannot be.
    public var growth: Int
    /// Rows that are added before the progress is told; nil for an index that is better when it is made at once.
    public var rowsAtOnce: Int?

    public init(
        wanted: Wanted = .always, minimumRows: Int = 4_096, minimumTail: Int = 1_024, tailShare: Int = 32,
        growth: Int = 2, rowsAtOnce: Int? = nil
    ) {
        self.wanted = wanted
        self.minimumRows = minimumRows
        self.minimumTail = minimumTail
        self.tailShare = tailShare
        self.growth = growth
        self.rowsAtOnce = rowsAtOnce
    }

    /// Whether searches of so many rows gain by the index more than it costs, unasked.
    public func pays(rows: Int, dimension: Int) -> Bool {
        switch wanted {
        case .always: return true
        case .fromValues(let least):
            let values = rows.multipliedReportingOverflow(by: dimension)
            return values.overflow || values.partialValue >= least
        case .onDemand: return false
        }
    }

    /// Whether so many rows are not covered that building is worth its time.
    /// - Parameter covered: nil without an index.
    public func isDue(rows: Int, covered: Int?) -> Bool {
        guard rows >= minimumRows else { return false }
        guard let covered else { return true }
        return rows - covered > max(minimumTail, covered / tailShare)
    }

    /// Whether an index that covers so many rows is extended rather than built anew.
    public func isExtended(rows: Int, covered: Int) -> Bool {
        let most = covered.multipliedReportingOverflow(by: growth)
        return growth > 1 && (most.overflow || most.partialValue >= rows)
    }
}
