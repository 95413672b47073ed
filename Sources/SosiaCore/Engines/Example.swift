/// One of several pictures that describe what to look for.
public struct Example: Sendable, Hashable {
    /// Where the picture's vector comes from.
    public enum Source: Sendable, Hashable {
        /// A vector; its model, when named, must be the collection's.
        case embedding(Embedding, of: ModelIdentity? = nil)
        /// A picture of the collection, which is left out of the answer.
        case image(ImageID)
    }

    public let source: Source
    /// Positive for what hits should resemble, negative for what they should not.
    public let weight: Float

    public init(_ source: Source, weight: Float = 1) {
        self.source = source
        self.weight = weight
    }
}

/// Combines several examples into one vector, after Rocchio, "Relevance feedback in information retrieval", 1971: the
/// weighted sum of the positive examples minus that of the negative ones.
///
/// The result is divided by the total weight of the positive examples, so that a single example yields its own vector.
/// For the cosine metric it is then scaled to length 1.
public enum Rocchio {
    /// A sum shorter than this share of its terms is rounding error and has no meaningful direction.
    private static let cancelled = 1e-6

    /// - Parameter examples: vectors of equal dimension with finite weights, negative for negative examples.
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
