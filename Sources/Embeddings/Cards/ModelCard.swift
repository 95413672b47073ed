public import SosiaCore

/// What a network is and how to feed it: a small JSON file beside the weights.
///
/// ```json
/// {
///   "name": "efficientnet-lite0",
///   "weights": { "file": "efficientnet-lite0.onnx", "sha256": "6fde6cee..." },
///   "input": { "width": 224, "height": 224, "rule": "stretch" },
///   "normalisation": { "mean": [127, 127, 127], "scale": [128, 128, 128] },
///   "layout": "nchw",
///   "channels": "rgb",
///   "tensors": { "input": "input", "output": "features" },
///   "dimension": 1280,
///   "pooling": "average",
///   "normalized": true,
///   "metric": "cosine",
///   "licence": "Apache-2.0",
///   "source": "where the weights come from"
/// }
/// ```
public struct ModelCard: Codable, Hashable, Sendable {
    /// The file that holds the network and what it must contain.
    public struct Weights: Codable, Hashable, Sendable {
        /// An ONNX file's name, without a folder; it lies beside the card.
        public let file: String
        /// SHA-256 of the file, 64 lower-case hexadecimal digits.
        public let sha256: String

        public init(file: String, sha256: String) {
            self.file = file
            self.sha256 = sha256
        }
    }

    /// The names of the network's tensors.
    public struct Tensors: Codable, Hashable, Sendable {
        public let input: String
        public let output: String

        public init(input: String, output: String) {
            self.input = input
            self.output = output
        }
    }

    /// The order of the input's dimensions.
    public enum Layout: String, Codable, Hashable, Sendable, CaseIterable {
        /// `[1, 3, height, width]`
        case nchw
        /// `[1, height, width, 3]`
        case nhwc
    }

    /// The order of the input's colours.
    public enum Channels: String, Codable, Hashable, Sendable, CaseIterable {
        case rgb, bgr
    }

    public let name: String
    public let weights: Weights
    /// The shape of the input, and how a picture is made to fit it.
    public let input: InputGeometry
    public let normalisation: PixelNormalisation
    public let layout: Layout
    /// `rgb` when the file does not say.
    public let channels: Channels
    public let tensors: Tensors
    /// The length of the embedding.
    public let dimension: Int
    public let pooling: Pooling
    /// Whether the vector is scaled to length 1 after pooling.
    public let normalized: Bool
    /// How two vectors of this network are compared.
    public let metric: Metric
    /// An SPDX expression where there is one.
    public let licence: String
    public let source: String

    /// - Throws: ``ModelCardError/invalid(field:got:expected:)`` for the first field outside its limits.
    public init(
        name: String, weights: Weights, input: InputGeometry, normalisation: PixelNormalisation,
        layout: Layout = .nchw, channels: Channels = .rgb, tensors: Tensors, dimension: Int, pooling: Pooling,
        normalized: Bool, metric: Metric, licence: String, source: String
    ) throws(ModelCardError) {
        self.name = name
        self.weights = weights
        self.input = input
        self.normalisation = normalisation
        self.layout = layout
        self.channels = channels
        self.tensors = tensors
        self.dimension = dimension
        self.pooling = pooling
        self.normalized = normalized
        self.metric = metric
        self.licence = licence
        self.source = source
        try validate()
    }

    /// What a collection remembers of this network when it is run in `precision`.
    public func identity(precision: Precision) -> ModelIdentity {
        ModelIdentity(
            name: name, weightsSHA256: weights.sha256, precision: precision, pooling: pooling, dimension: dimension,
            metric: metric)
    }
}
