internal import COpenVINO
internal import SosiaCore

/// The memory of one running inference. It belongs to one thread at a time; ``RequestPool`` sees to that.
final class NetworkRequest: @unchecked Sendable {
    private let handle: OpaquePointer
    private let network: CompiledNetwork
    private let card: ModelCard
    private let input: UnsafeMutableBufferPointer<Float>

    init(network: CompiledNetwork, card: ModelCard) throws(EmbeddingError) {
        var handle: OpaquePointer?
        try Binding.call({ .inferenceFailed(reason: $0) }) {
            sosia_ov_request_create(network.handle, card.inputTensor, &handle, $0)
        }
        guard let handle else { throw .inferenceFailed(reason: "no handle") }
        var values: UnsafeMutablePointer<Float>?
        var count = 0
        do throws(EmbeddingError) {
            try Binding.call({ .inferenceFailed(reason: $0) }) {
                sosia_ov_request_input(handle, &values, &count, $0)
            }
            guard count == card.input.width * card.input.height * 3 else {
                throw .inputShape(name: card.inputTensor, got: [count], expected: card.inputShape)
            }
        } catch {
            sosia_ov_request_free(handle)
            throw error
        }
        self.handle = handle
        self.network = network
        self.card = card
        input = UnsafeMutableBufferPointer(start: values, count: count)
    }

    deinit {
        sosia_ov_request_free(handle)
    }

    /// Runs the network and lends what it gives to `body`.
    /// - Parameters:
    ///   - image: of exactly the card's input shape, which the caller has checked.
    ///   - body: gets the output that the card's descriptor names, row-major, and its shape.
    func run<Result>(
        _ image: PixelImage, _ body: (Span<Float>, [Int]) throws(EmbeddingError) -> Result
    ) throws(EmbeddingError) -> Result {
        guard image.bytes.count == input.count, let start = input.baseAddress else {
            throw .inputShape(name: card.inputTensor, got: [image.bytes.count], expected: card.inputShape)
        }
        var rule = card.pixelRule
        image.bytes.withUnsafeBufferPointer { bytes in
            sosia_pixels_normalise(bytes.baseAddress, bytes.count / 3, &rule, start)
        }
        try Binding.call({ .inferenceFailed(reason: $0) }) { sosia_ov_request_run(handle, $0) }
        var values: UnsafePointer<Float>?
        var port = sosia_ov_port()
        try Binding.call({ .inferenceFailed(reason: $0) }) {
            sosia_ov_request_output(handle, card.descriptor.output, &values, &port, $0)
        }
        let output = NetworkFile.Port(port)
        guard port.rank >= 0 else {
            let limit = "at most \(SOSIA_OV_RANK_LIMIT) dimensions"
            throw .outputShape(name: card.outputName, got: output.shape, expected: limit)
        }
        guard output.isFloat, let values else { throw .elementType(tensor: card.outputName) }
        let maps = UnsafeBufferPointer(start: values, count: output.shape.reduce(1, *))
        return try body(maps.span, output.shape)
    }
}

extension ModelCard {
    fileprivate var pixelRule: sosia_pixel_rule {
        sosia_pixel_rule(
            mean: (normalisation.mean[0], normalisation.mean[1], normalisation.mean[2]),
            scale: (normalisation.scale[0], normalisation.scale[1], normalisation.scale[2]),
            reversed: channels == .bgr ? 1 : 0, interleaved: layout == .nhwc ? 1 : 0)
    }
}
