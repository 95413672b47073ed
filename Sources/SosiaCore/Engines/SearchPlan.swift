/// Which way was taken to the answer.
public struct SearchPlan: Sendable, Hashable, Codable {
    /// What was made of the request's filter.
    public struct Filtering: Sendable, Hashable, Codable {
        /// How the index was kept to the pictures that pass.
        public enum Way: String, Sendable, Hashable, Codable {
            /// Only the rows that pass were measured.
            case rows
            /// The index was searched with one bit a row.
            case bitmap
            /// The database behind the engine took the filter as part of its own query.
            case database
        }

        public let way: Way
        /// How many pictures pass; nil when the engine does not know.
        public let allowed: Int?

        public init(way: Way, allowed: Int?) {
            self.way = way
            self.allowed = allowed
        }
    }

    /// The kind of index that was searched, `flat` for the plain scan.
    public let index: String
    /// Whether the answer is proven equal to the plain scan's.
    public let exact: Bool
    /// How many vectors were looked at.
    public let scanned: Int
    /// nil when the request had no filter.
    public let filter: Filtering?

    public init(index: String, exact: Bool, scanned: Int, filter: Filtering? = nil) {
        self.index = index
        self.exact = exact
        self.scanned = scanned
        self.filter = filter
    }
}
