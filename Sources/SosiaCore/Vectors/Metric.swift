/// How far apart two vectors are. Smaller is closer, everywhere.
public enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
    /// Euclidean distance, the root included: `sqrt(sum((a - b)^2))`.
    case l2
    /// `1 - cos(a, b)`, 0...2. A vector of zeros is at distance 1 from everything.
    case cosine
    /// `-sum(a * b)`: the larger the product, the closer.
    case innerProduct
    /// The number of differing bits of packed binary codes.
    case hamming
}
