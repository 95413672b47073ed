package import SosiaCore

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
///
/// `tensors.output`, `pooling` and `normalized` are the ``Descriptor``. A network with a single output needs no
/// `tensors.output`. A pooling with parameters is an object, `{ "name": "gem", "p": 3 }`; the optional fields `scales`
/// (a list of factors) and `whitening` (`name` and `sha256`) complete it. What cannot be computed is refused with
/// ``ModelCardError/unsupported(field:got:known:)``.
package struct ModelCard: Encodable, Hashable, Sendable {
    /// The file that holds the network and what it must contain.
    package struct Weights: Encodable, Hashable, Sendable {
        /// An ONNX file's name, without a folder; it lies beside the card.
        package let file: String
        /// SHA-256 of the file, 64 lower-case hexadecimal digits.
        package let sha256: String
    }

    /// The order of the input's dimensions.
    package enum Layout: String, Encodable, Hashable, Sendable, CaseIterable {
        /// `[1, 3, height, width]`
        case nchw
        /// `[1, height, width, 3]`
        case nhwc
    }

    /// The order of the input's colours.
    package enum Channels: String, Encodable, Hashable, Sendable, CaseIterable {
        case rgb, bgr
    }

    package let name: String
    package let weights: Weights
    /// The shape of the input, and how a picture is made to fit it.
    package let input: InputGeometry
    package let normalisation: PixelNormalisation
    package let layout: Layout
    /// `rgb` when the file does not say.
    package let channels: Channels
    /// The name of the tensor that takes the pixels.
    package let inputTensor: String
    /// How the network's maps become the embedding.
    package let descriptor: Descriptor
    /// The length of the embedding.
    package let dimension: Int
    /// How two vectors of this network are compared.
    package let metric: Metric
    /// An SPDX expression where there is one.
    package let licence: String
    package let source: String

    /// - Throws: ``ModelCardError/invalid(field:got:expected:)`` for the first field outside its limits,
    ///   ``ModelCardError/unsupported(field:got:known:)`` for a descriptor that cannot be computed.
    package init(
        name: String, weights: Weights, input: InputGeometry, normalisation: PixelNormalisation,
        layout: Layout = .nchw, channels: Channels = .rgb, inputTensor: String, descriptor: Descriptor,
        dimension: Int, metric: Metric, licence: String, source: String
    ) throws(ModelCardError) {
        self.name = name
        self.weights = weights
        self.input = input
        self.normalisation = normalisation
        self.layout = layout
        self.channels = channels
        self.inputTensor = inputTensor
        self.descriptor = descriptor
        self.dimension = dimension
        self.metric = metric
        self.licence = licence
        self.source = source
        try validate()
    }

    /// What a collection remembers of this network when it is run in `precision`.
    package func identity(precision: Precision) -> ModelIdentity {
        ModelIdentity(
            name: name, weightsSHA256: weights.sha256, precision: precision, descriptor: descriptor.remembered,
            dimension: dimension, metric: metric)
    }
}

/// How a byte 0...255 becomes the value that a network was trained on: `(byte - mean) / scale` for each channel, in
/// the order of the network's channels.
package struct PixelNormalisation: Encodable, Hashable, Sendable {
    /// Three values on the scale 0...255.
    package let mean: [Float]
    /// Three positive values.
    package let scale: [Float]
}
