public import Foundation
public import SosiaCore

/// A network that runs on this machine's processor: one inference a request, one thread each.
public final class NetworkEmbedder: Embedder {
    /// How many inferences may run at once.
    public static let requestLimits = 1...256

    public let identity: ModelIdentity
    public let input: InputGeometry
    public let card: ModelCard
    public let runtime: OpenVINORuntime
    /// How many inferences run at once; further callers of ``embed(_:)`` wait.
    public let requests: Int
    private let pool: RequestPool

    /// - Parameters:
    ///   - weights: the ONNX file that `card` describes.
    ///   - requests: as many as threads will call ``embed(_:)``.
    ///   - cacheDirectory: where the compiled network is kept, which makes the next start several times faster; nil
    ///     compiles each time.
    ///   - runtime: nil opens the one that is found by ``OpenVINORuntime/standard(environment:executable:)``.
    /// - Throws: ``EmbeddingError``: the fact that does not fit.
    public init(
        card: ModelCard, weights: URL, precision: PrecisionChoice = .auto, requests: Int = 1,
        cacheDirectory: URL? = nil, runtime: OpenVINORuntime? = nil
    ) throws(EmbeddingError) {
        guard Self.requestLimits.contains(requests) else {
            throw .requestsOutOfRange(got: requests, expected: Self.requestLimits)
        }
        guard FileManager.default.fileExists(atPath: weights.path) else { throw .weightsMissing(path: weights.path) }
        let opened: OpenVINORuntime
        if let runtime { opened = runtime } else { opened = try OpenVINORuntime.standard() }
        let settings = CompiledNetwork.Settings(
            precision: try opened.precision(for: precision), requests: requests)
        self.card = card
        self.runtime = opened
        self.requests = requests
        input = card.input
        identity = card.identity(precision: settings.precision)
        let network = try CompiledNetworkCache(directory: cacheDirectory).network(
            card: card, weights: weights, runtime: opened, settings: settings)
        pool = try RequestPool(network: network, card: card, limit: requests)
    }

    /// Waits for a free request, then runs the network.
    /// - Throws: ``EmbeddingError``
    public func embed(_ image: PixelImage) throws -> Embedding {
        guard image.width == input.width, image.height == input.height else {
            throw EmbeddingError.pictureShape(
                gotWidth: image.width, gotHeight: image.height, expectedWidth: input.width,
                expectedHeight: input.height)
        }
        var values = try pool.run(image)
        if let position = values.firstIndex(where: { !$0.isFinite }) {
            throw EmbeddingError.notFinite(position: position)
        }
        if card.normalized { values.scaleToUnitLength() }
        return try Embedding(values)
    }
}

extension [Float] {
    /// Divides by the Euclidean length; zeros stay zeros.
    mutating func scaleToUnitLength() {
        let square = reduce(0.0) { $0 + Double($1) * Double($1) }
        guard square > 0 else { return }
        let factor = Float(1 / square.squareRoot())
        for index in indices { self[index] *= factor }
    }
}
