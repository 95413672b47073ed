/// A search for the pictures most similar to a query.
public struct SearchRequest: Sendable {
    /// What to look for.
    public enum Query: Sendable {
        /// A vector; its model, when named, must be the collection's.
        case embedding(Embedding, of: ModelIdentity? = nil)
        /// A picture of the collection, which is left out of the answer.
        case image(ImageID)
        /// Pictures to resemble and to avoid, combined by ``Rocchio``. Those of the collection are left out of the
        /// answer.
        case examples([Example])
    }

    /// What the planner may choose from.
    public enum Mode: Sendable, Hashable {
        /// Exact answers, until a collection is so large that they become slow.
        case automatic
        /// The answer is proven equal to the plain scan's.
        case exact
        /// An index that may miss neighbours but finds on average the share `recall` of the true ones.
        case approximate(recall: Double = defaultRecall)
    }

    public static let minimumK = 1
    public static let defaultK = 10
    /// Largest page, and most hits reachable by paging.
    public static let maximumK = 10_000
    public static let minimumRecall = 0.5
    public static let defaultRecall = 0.99
    public static let maximumRecall = 0.9999
    public static let maximumExamples = 256
    public static let maximumExcluded = 1_024
    /// Requests in one batch.
    public static let maximumBatch = 1_000
    /// Hits requested by one batch.
    public static let maximumBatchHits = 100_000

    public let query: Query
    /// Hits on this page.
    public let k: Int
    public let mode: Mode
    /// Which pictures may be found; nil for all.
    public let filter: Filter?
    /// Pictures farther away are left out; nil for no limit.
    public let maximumDistance: Float?
    /// Where the previous page ended; nil for the first page.
    public let cursor: SearchCursor?
    /// Pictures to leave out, besides those of the query.
    public let excluding: Set<ImageID>
    /// The kind of index to search, as in `IndexStatus.kind` and ``SearchPlan/index``, or `flat` for the plain scan; nil
    /// leaves the choice to the planner.
    ///
    /// An engine refuses a kind that it does not have, and an exact search with one that may miss neighbours. If no
    /// settings of the index reach the wanted recall, the best ones are used; if it finds too few hits, an exact search
    /// answers instead.
    public let index: String?

    /// - Throws: `EngineError.invalidK` unless `k` is in `minimumK...maximumK`; `.invalidRecall` unless the recall is in
    ///   `minimumRecall...maximumRecall`; `.invalidDistance` for NaN; `.tooDeep` when the pages up to this one have more
    ///   than `maximumK` hits; `.noPositiveExample`, `.invalidWeight`, `.tooMany` for examples and exclusions.
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
    /// The pictures of the collection that are asked with.
    public var images: [ImageID] {
        switch query {
        case .embedding: []
        case .image(let id): [id]
        case .examples(let examples):
            examples.compactMap { if case .image(let id) = $0.source { id } else { nil } }
        }
    }

    /// The pictures to leave out of the answer: those of the query and the excluded ones.
    public var leftOut: Set<ImageID> { excluding.union(images) }

    /// The query as one vector, by the rules of every engine.
    /// - Parameters:
    ///   - model: the collection's.
    ///   - embedding: returns the vector of a picture of the collection.
    /// - Throws: `EngineError.modelMismatch`; `VectorError.dimensionMismatch`; what ``Rocchio`` throws; what `embedding`
    ///   throws.
    public func vector(for model: ModelIdentity, of embedding: (ImageID) throws -> Embedding) throws -> Embedding {
        func checked(_ vector: Embedding, _ named: ModelIdentity?) throws -> Embedding {
            if let named, named != model { throw EngineError.modelMismatch(got: named, expected: model) }
            guard vector.dimension == model.dimension else {
                throw VectorError.dimensionMismatch(got: vector.dimension, expected: model.dimension)
            }
            return vector
        }
        switch query {
        case .embedding(let vector, let named): return try checked(vector, named)
        case .image(let id): return try embedding(id)
        case .examples(let examples):
            let vectors = try examples.map { example in
                switch example.source {
                case .embedding(let vector, let named): (try checked(vector, named), example.weight)
                case .image(let id): (try embedding(id), example.weight)
                }
            }
            return try Rocchio.combine(vectors, metric: model.metric)
        }
    }
}

extension SearchRequest {
    /// The checks that every engine makes of a batch.
    /// - Throws: `EngineError.tooMany`
    public static func check(batch requests: [SearchRequest]) throws(EngineError) {
        guard requests.count <= maximumBatch else {
            throw .tooMany("requests", got: requests.count, maximum: maximumBatch)
        }
        let hits = requests.reduce(0) { $0 + $1.k }
        guard hits <= maximumBatchHits else { throw .tooMany("hits of a batch", got: hits, maximum: maximumBatchHits) }
    }

    /// Where this page ends and the next one continues.
    /// - Parameter hits: the hits after this request's own cursor; more than `k` of them if there are more.
    /// - Returns: nil on the last page.
    public func cursor(behind hits: [SearchHit]) -> SearchCursor? {
        let returned = (cursor?.returned ?? 0) + k
        guard hits.count > k, returned + k <= Self.maximumK else { return nil }
        return SearchCursor(distance: hits[k - 1].distance, id: hits[k - 1].record.id, returned: returned)
    }
}
