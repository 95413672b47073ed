/// How the distance between two vectors is computed. Smaller is always closer.
public enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
    /// Euclidean distance, `sqrt(sum((a - b)^2))`.
    case l2
    /// `1 - cos(a, b)`, 0...2. A zero vector is at distance 1 from everything.
    case cosine
    /// `-sum(a * b)`: the larger the product, the closer.
    case innerProduct
    /// The number of differing bits of packed binary codes.
    case hamming
}

/// The arithmetic in which a network was run. Vectors of different precisions are not mixed.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    case f32
    case bf16
}

/// What must agree for two vectors to be comparable.
///
/// A collection has one today. If it is ever to hold two sets of vectors side by side, for an old and a new descriptor,
/// each set will have its own.
public struct ModelIdentity: Sendable, Hashable, Codable, CustomStringConvertible {
    public let name: String
    /// SHA-256 of the weights file, 64 hexadecimal digits.
    public let weightsSHA256: String
    public let precision: Precision
    /// How the network's maps became the vector, as far as it is recorded: ``Descriptor/remembered``.
    public let descriptor: Descriptor
    public let dimension: Int
    public let metric: Metric

    /// The descriptor is written as text under the key of earlier releases.
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
