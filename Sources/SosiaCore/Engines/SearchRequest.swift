/// A question to a collection: what is most similar to this?
public struct SearchRequest: Sendable {
    /// What is looked for.
    public enum Query: Sendable {
        /// A vector; when its model is named, it must be the collection's.
        case embedding(Embedding, of: ModelIdentity? = nil)
        /// A picture that the collection holds; it is left out of its own answer.
        case image(ImageID)
        /// What is like some pictures and unlike others, combined by ``Rocchio``. Pictures of the collection among them
        /// are left out of the answer.
        case examples([Example])
    }

    /// How freely the planner may choose.
    public enum Mode: Sendable, Hashable {
        /// The planner chooses: proven answers until a collection is so large that they take long.
        case automatic
        /// The answer is proven equal to the plain scan's.
        case exact
        /// An index that may miss neighbours; of the true ones, the share `recall` is found on average.
        case approximate(recall: Double = defaultRecall)
    }

    public static let defaultK = 10
    public static let minimumK = 1
    /// Largest page, and most hits reachable by paging.
    public static let maximumK = 10_000
    public static let minimumRecall = 0.5
    public static let defaultRecall = 0.99
    public static let maximumRecall = 0.9999
    public static let maximumExamples = 256
    public static let maximumExcluded = 1_024
    /// Requests that are handed over together.
    public static let maximumBatch = 1_000
    /// Hits that they ask for together.
    public static let maximumBatchHits = 100_000

    public let query: Query
    /// Hits of this page.
    public let k: Int
    public let mode: Mode
    /// Which pictures may be in the answer; nil for all.
    public let filter: Filter?
    /// Pictures farther away are not in the answer; nil for no limit.
    public let maximumDistance: Float?
    /// Where the page before this one ended; nil for the first.
    public let cursor: SearchCursor?
    /// Pictures that are left out besides those that are asked with.
    public let excluding: Set<ImageID>
    /// The kind of index to search, as in `IndexStatus.kind` and ``SearchPlan/index``, or `flat` for the plain scan; nil
    /// leaves it to the planner.
    ///
    /// An engine refuses a kind that it does not have, and an exact search of one that may miss neighbours. Where no
    /// settings of the index reach the wanted recall, those that find most are taken; where it gives fewer hits than
    /// there are, an exact search answers.
    public let index: String?

    /// - Throws: `EngineError.invalidK` unless `k` lies in `minimumK...maximumK`; `.invalidRecall` likewise;
    ///   `.invalidDistance` for what is no number; `.tooDeep` when the pages up to this one have more than `maximumK`
    ///   hits; `.noPositiveExample`, `.invalidWeight`, `.tooMany` for examples and what is left out.
    public init(
        _ query: Query, k: Int = defaultK, mode: Mode = .automatic, filter: Filter? = nil,
        maximumDistance: Float? = nil, after cursor: SearchCursor? = nil, excluding: Set<ImageID> = [],
        index: String? = nil
    ) throws(EngineError) {
        guard k >= Self.minimumK, k <= Self.maximumK else {
            throw .invalidK(got: k, minimum: Self.minimumK, maximum: Self.maximumK)
        }
        if case .approximate(let recall) = mode, !(recall >= Self.minimumRecall && recall <= Self.maximumRecall) {
            throw .invalidRecall(got: recall, minimum: Self.minimumRecall, maximum: Self.maximumRecall)
        }
        if let maximumDistance, maximumDistance.isNaN { throw .invalidDistance(got: maximumDistance) }
        if let cursor, cursor.returned > Self.maximumK - k {
            throw .tooDeep(returned: cursor.returned, k: k, maximum: Self.maximumK)
        }
        guard excluding.count <= Self.maximumExcluded else {
            throw .tooMany("excluded pictures", got: excluding.count, maximum: Self.maximumExcluded)
        }
        if case .examples(let examples) = query { try Self.check(examples) }
        self.query = query
        self.k = k
        self.mode = mode
        self.filter = filter
        self.maximumDistance = maximumDistance
        self.cursor = cursor
        self.excluding = excluding
        self.index = index
    }

    private static func check(_ examples: [Example]) throws(EngineError) {
        guard examples.count <= maximumExamples else {
            throw .tooMany("examples", got: examples.count, maximum: maximumExamples)
        }
        if let wrong = examples.first(where: { !$0.weight.isFinite || $0.weight == 0 }) {
            throw .invalidWeight(got: wrong.weight)
        }
        guard examples.contains(where: { $0.weight > 0 }) else { throw .noPositiveExample }
    }
}

extension SearchRequest {
    /// The pictures of the collection that are not in the answer: those asked with, and those left out by name.
    public var leftOut: Set<ImageID> {
        switch query {
        case .embedding: excluding
        case .image(let id): excluding.union([id])
        case .examples(let examples):
            excluding.union(
                examples.compactMap { example in
                    if case .image(let id) = example.source { id } else { nil }
                })
        }
    }
}

extension SearchRequest {
    /// What every engine refuses of a batch.
    /// - Throws: `EngineError.tooMany`
    public static func check(batch requests: [SearchRequest]) throws(EngineError) {
        guard requests.count <= maximumBatch else {
            throw .tooMany("requests", got: requests.count, maximum: maximumBatch)
        }
        let hits = requests.reduce(0) { $0 + $1.k }
        guard hits <= maximumBatchHits else { throw .tooMany("hits of a batch", got: hits, maximum: maximumBatchHits) }
    }

    /// Where this page ends, for the page behind it.
    /// - Parameter hits: all that belong behind this request's own cursor, or the first of them: more than `k` when there
    ///   are more.
    /// - Returns: nil at the end.
    public func cursor(behind hits: [SearchHit]) -> SearchCursor? {
        let returned = (cursor?.returned ?? 0) + k
        guard hits.count > k, returned + k <= Self.maximumK else { return nil }
        return SearchCursor(distance: hits[k - 1].distance, id: hits[k - 1].record.id, returned: returned)
    }
}
