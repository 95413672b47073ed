/// A question to a collection: what is most similar to this?
public struct SearchRequest: Sendable {
    /// What is looked for.
    public enum Query: Sendable {
        /// A vector; when its model is named, it must be the collection's.
        case embedding(Embedding, of: ModelIdentity? = nil)
        /// A picture that the collection holds; it is left out of its own answer.
        case image(ImageID)
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
    public static let maximumK = 10_000
    public static let minimumRecall = 0.5
    public static let defaultRecall = 0.99
    public static let maximumRecall = 0.9999

    public let query: Query
    public let k: Int
    public let mode: Mode

    /// - Throws: `EngineError.invalidK` unless `k` lies in `minimumK...maximumK`; `.invalidRecall` likewise.
    public init(_ query: Query, k: Int = defaultK, mode: Mode = .automatic) throws(EngineError) {
        guard k >= Self.minimumK, k <= Self.maximumK else {
            throw .invalidK(got: k, minimum: Self.minimumK, maximum: Self.maximumK)
        }
        if case .approximate(let recall) = mode, !(recall >= Self.minimumRecall && recall <= Self.maximumRecall) {
            throw .invalidRecall(got: recall, minimum: Self.minimumRecall, maximum: Self.maximumRecall)
        }
        self.query = query
        self.k = k
        self.mode = mode
    }
}
