internal import Dispatch
package import Foundation
package import SosiaCore
internal import Synchronization

/// A network that runs on this machine's processor: one inference a request, one thread each.
package final class NetworkEmbedder: Embedder {
    /// How many inferences may run at once.
    package static let requestLimits = 1...256

    package let identity: ModelIdentity
    package let input: InputGeometry
    package let card: ModelCard
    package let runtime: OpenVINORuntime
    /// How many inferences run at once; further callers of ``embed(_:)`` wait.
    package let requests: Int
    private let pool: RequestPool
    private let algorithm: any PoolingAlgorithm

    /// - Parameters:
    ///   - weights: the ONNX file that `card` describes.
    ///   - requests: as many as threads will call ``embed(_:)``.
    ///   - cacheDirectory: where the compiled network is kept, which makes the next start several times faster; nil
    ///     compiles each time.
    ///   - runtime: nil opens the one that is found by ``OpenVINORuntime/standard(environment:executable:)``.
    /// - Throws: ``EmbeddingError``: the fact that does not fit.
    package init(
        card: ModelCard, weights: URL, precision: Precision? = nil, requests: Int = 1,
        cacheDirectory: URL? = nil, runtime: OpenVINORuntime? = nil
    ) throws(EmbeddingError) {
        guard Self.requestLimits.contains(requests) else {
            throw .requestsOutOfRange(got: requests, expected: Self.requestLimits)
        }
        guard FileManager.default.fileExists(atPath: weights.path) else { throw .weightsMissing(path: weights.path) }
        let opened: OpenVINORuntime
        if let runtime { opened = runtime } else { opened = try OpenVINORuntime.standard() }
        let settings = CompiledNetwork.Settings(
            precision: try opened.precision(precision), requests: requests)
        algorithm = try card.algorithm()
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
    package func embed(_ image: PixelImage) throws -> Embedding {
        guard image.width == input.width, image.height == input.height else {
            throw EmbeddingError.pictureShape(
                gotWidth: image.width, gotHeight: image.height, expectedWidth: input.width,
                expectedHeight: input.height)
        }
        var values = try pool.run(image) { maps, shape throws(EmbeddingError) in
            try card.check(outputShape: shape, for: algorithm)
            return algorithm.pool(maps, shape: shape)
        }
        if let position = values.firstIndex(where: { !$0.isFinite }) {
            throw EmbeddingError.notFinite(position: position)
        }
        if card.descriptor.normalized == true { values.scaleToUnitLength() }
        return try Embedding(values)
    }
}

/// At most `limit` requests of one network, made when they are first needed and lent to one thread at a time.
///
/// The lock is held only to take and give back; nobody waits for another thread's inference unless all requests run.
final class RequestPool: Sendable {
    private let network: CompiledNetwork
    private let card: ModelCard
    private let free: Mutex<[NetworkRequest]>
    private let places: DispatchSemaphore

    init(network: CompiledNetwork, card: ModelCard, limit: Int) throws(EmbeddingError) {
        self.network = network
        self.card = card
        free = Mutex([try NetworkRequest(network: network, card: card)])
        places = DispatchSemaphore(value: limit)
    }

    /// ``NetworkRequest/run(_:_:)`` on a request that is free, after waiting for one.
    func run<Result>(
        _ image: PixelImage, _ body: (Span<Float>, [Int]) throws(EmbeddingError) -> Result
    ) throws(EmbeddingError) -> Result {
        places.wait()
        defer { places.signal() }
        let request: NetworkRequest
        if let waiting = free.withLock({ $0.popLast() }) {
            request = waiting
        } else {
            request = try NetworkRequest(network: network, card: card)
        }
        defer { free.withLock { $0.append(request) } }
        return try request.run(image, body)
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
