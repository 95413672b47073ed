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

/// The arithmetic that a network was run in. Vectors of two precisions are not mixed.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    case f32
    case bf16
}

/// What must agree for two vectors to be comparable.
///
/// A collection has one today. It may later hold two sets of vectors side by side, an old and a new descriptor of the
/// same pictures; each set then has an identity of its own.
public struct ModelIdentity: Sendable, Hashable, Codable, CustomStringConvertible {
    public let name: String
    /// SHA-256 of the weights file, 64 hexadecimal digits.
    public let weightsSHA256: String
    public let precision: Precision
    /// How the network's maps became the vector, as far as it is remembered: ``Descriptor/remembered``.
    public let descriptor: Descriptor
    public let dimension: Int
    public let metric: Metric

    /// The descriptor stands as its text where the pooling has always stood.
    private enum CodingKeys: String, CodingKey {
        case name, precision, dimension, metric
        case weightsSHA256 = "weights_sha256"
        case descriptor = "pooling"
    }

    public init(
        name: String, weightsSHA256: String, precision: Precision, descriptor: Descriptor, dimension: Int,
        metric: Metric
    ) {
        self.name = name
        self.weightsSHA256 = weightsSHA256
        self.precision = precision
        self.descriptor = descriptor
        self.dimension = dimension
        self.metric = metric
    }

    public var description: String {
        "\(name) (weights \(weightsSHA256.prefix(12)), \(precision.rawValue), \(descriptor.text) pooling, "
            + "\(dimension) dimensions, \(metric.rawValue))"
    }
}
