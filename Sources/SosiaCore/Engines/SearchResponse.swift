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

/// Hits, nearest first, ties by id, and the plan that found them.
public struct SearchResponse: Sendable, Hashable {
    public let hits: [SearchHit]
    public let plan: SearchPlan
    /// For the page behind this one; nil at the end.
    public let nextCursor: SearchCursor?

    public init(hits: [SearchHit], plan: SearchPlan, nextCursor: SearchCursor? = nil) {
        self.hits = hits
        self.plan = plan
        self.nextCursor = nextCursor
    }
}
