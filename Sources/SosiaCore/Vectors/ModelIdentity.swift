/// The arithmetic that a network was run in. Vectors of two precisions are not mixed.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    case f32
    case bf16
}

/// How the network's output becomes one vector.
public enum Pooling: String, Sendable, Hashable, Codable, CaseIterable {
    /// The output is a vector already: `[n, dimension]`.
    case none
    /// The mean over the positions of a feature map: `[n, dimension, h, w]`.
    case average
}

/// What must agree for two vectors to be comparable.
public struct ModelIdentity: Sendable, Hashable, Codable, CustomStringConvertible {
    public let name: String
    /// SHA-256 of the weights file, 64 hexadecimal digits.
    public let weightsSHA256: String
    public let precision: Precision
    public let pooling: Pooling
    public let dimension: Int
    public let metric: Metric

    private enum CodingKeys: String, CodingKey {
        case name, precision, pooling, dimension, metric
        case weightsSHA256 = "weights_sha256"
    }

    public init(
        name: String, weightsSHA256: String, precision: Precision, pooling: Pooling, dimension: Int, metric: Metric
    ) {
        self.name = name
        self.weightsSHA256 = weightsSHA256
        self.precision = precision
        self.pooling = pooling
        self.dimension = dimension
        self.metric = metric
    }

    public var description: String {
        "\(name) (weights \(weightsSHA256.prefix(12)), \(precision.rawValue), \(pooling.rawValue) pooling, "
            + "\(dimension) dimensions, \(metric.rawValue))"
    }
}
