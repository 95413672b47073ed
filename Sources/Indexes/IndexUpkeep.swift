/// When an index is built, and how it follows a collection that grows.
public struct IndexUpkeep: Sendable, Hashable {
    /// When an index is worth building.
    public enum Wanted: Sendable, Hashable {
        case always
        /// From this many values (rows times dimension) on; with fewer, only when requested.
        case fromValues(Int)
        /// Only when requested.
        case onDemand
    }

    /// Once built, an index is kept up to date regardless of this.
    public var wanted: Wanted
    /// With fewer rows the plain scan is fast enough, and nothing is built.
    public var minimumRows: Int
    /// The index is extended or rebuilt once the tail of rows it does not cover is longer than this.
    public var minimumTail: Int
    /// The tail may also grow to this fraction of the covered rows: one in `tailShare`.
    public var tailShare: Int
    /// The index is extended until the collection has more than `growth` times the rows it covers, then rebuilt. 1 for an
    /// index that cannot be extended.
    public var growth: Int
    /// How many rows are added between progress reports; nil for an index that is better built in one go.
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

    /// Whether an index over this many rows is worth building without being requested.
    public func pays(rows: Int, dimension: Int) -> Bool {
        switch wanted {
        case .always: return true
        case .fromValues(let least):
            let values = rows.multipliedReportingOverflow(by: dimension)
            return values.overflow || values.partialValue >= least
        case .onDemand: return false
        }
    }

    /// Whether enough rows are uncovered to make building worthwhile.
    /// - Parameter covered: the rows that the index covers; nil if there is none.
    public func isDue(rows: Int, covered: Int?) -> Bool {
        guard rows >= minimumRows else { return false }
        guard let covered else { return true }
        return rows - covered > max(minimumTail, covered / tailShare)
    }

    /// Whether an index that covers this many rows is extended rather than rebuilt.
    public func isExtended(rows: Int, covered: Int) -> Bool {
        let most = covered.multipliedReportingOverflow(by: growth)
        return growth > 1 && (most.overflow || most.partialValue >= rows)
    }
}
