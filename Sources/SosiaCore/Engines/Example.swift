/// One of several pictures that say what is looked for.
public struct Example: Sendable, Hashable {
    /// What stands for the picture.
    public enum Source: Sendable, Hashable {
        /// A vector; when its model is named, it must be the collection's.
        case embedding(Embedding, of: ModelIdentity? = nil)
        /// A picture that the collection holds; it is left out of the answer.
        case image(ImageID)
    }

    public let source: Source
    /// How much it counts: above zero for what the answer shall be like, below zero for what it shall not be like.
    public let weight: Float

    public init(_ source: Source, weight: Float = 1) {
        self.source = source
        self.weight = weight
    }
}

/// One vector for several examples, after Rocchio, "Relevance feedback in information retrieval", 1971: the weighted sum
/// of what the answer shall be like minus the weighted sum of what it shall not be like.
///
/// The sum is divided by the weights of the positive examples, so that one example alone is its own vector, and then,
/// where the metric is the cosine, scaled to length 1 as that metric sees vectors.
public enum Rocchio {
    /// A sum so much shorter than what was added up is rounding and points nowhere.
    private static let cancelled = 1e-6

    /// - Parameter examples: vectors of one dimension, and their weights: finite, below zero for negatives.
    /// - Throws: `EngineError.noPositiveExample`, `.invalidWeight`, `.examplesCancel`;
    ///   `VectorError.dimensionMismatch`.
    public static func combine(_ examples: [(vector: Embedding, weight: Float)], metric: Metric) throws -> Embedding {
        if let wrong = examples.first(where: { !$0.weight.isFinite || $0.weight == 0 }) {
            throw EngineError.invalidWeight(got: wrong.weight)
        }
        let positive = examples.reduce(0) { $0 + max(Double($1.weight), 0) }
        guard positive > 0, let dimension = examples.first?.vector.dimension else {
            throw EngineError.noPositiveExample
        }
        if examples.count == 1, metric != .cosine { return examples[0].vector }
        var sum = [Double](repeating: 0, count: dimension)
        var lengths = 0.0
        for (vector, weight) in examples {
            guard vector.dimension == dimension else {
                throw VectorError.dimensionMismatch(got: vector.dimension, expected: dimension)
            }
            let share = Double(weight) / positive
            for index in sum.indices { sum[index] += share * Double(vector.values[index]) }
            lengths += abs(share) * length(vector.values.lazy.map(Double.init))
        }
        let combined = length(sum)
        guard combined > cancelled * lengths else { throw EngineError.examplesCancel }
        let scale = metric == .cosine ? 1 / combined : 1
        return try Embedding(sum.map { Float($0 * scale) })
    }

    private static func length(_ values: some Sequence<Double>) -> Double {
        values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
