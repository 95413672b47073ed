/// One answer: a picture and how far it is from the query.
public struct SearchHit: Sendable, Hashable {
    public let record: ImageRecord
    /// By the collection's metric; smaller is closer.
    public let distance: Float

    public init(record: ImageRecord, distance: Float) {
        self.record = record
        self.distance = distance
    }
}

/// Which way was taken to the answer.
public struct SearchPlan: Sendable, Hashable, Codable {
    /// The kind of index that was searched, `flat` for the plain scan.
    public let index: String
    /// Whether the answer is proven equal to the plain scan's.
    public let exact: Bool
    /// How many vectors were looked at.
    public let scanned: Int

    public init(index: String, exact: Bool, scanned: Int) {
        self.index = index
        self.exact = exact
        self.scanned = scanned
    }
}

/// Hits, nearest first, ties by id, and the plan that found them.
public struct SearchResponse: Sendable, Hashable {
    public let hits: [SearchHit]
    public let plan: SearchPlan

    public init(hits: [SearchHit], plan: SearchPlan) {
        self.hits = hits
        self.plan = plan
    }
}
