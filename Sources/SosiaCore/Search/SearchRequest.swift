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
    public enum Mode: String, Sendable, Hashable, Codable {
        /// The planner chooses.
        case automatic
        /// The plain scan of every vector, the reference for all other plans.
        case exact
    }

    public static let defaultK = 10
    public static let minimumK = 1
    public static let maximumK = 10_000

    public let query: Query
    public let k: Int
    public let mode: Mode

    /// - Throws: `EngineError.invalidK` unless `k` lies in `minimumK...maximumK`.
    public init(_ query: Query, k: Int = defaultK, mode: Mode = .automatic) throws(EngineError) {
        guard k >= Self.minimumK, k <= Self.maximumK else {
            throw .invalidK(got: k, minimum: Self.minimumK, maximum: Self.maximumK)
        }
        self.query = query
        self.k = k
        self.mode = mode
    }
}
