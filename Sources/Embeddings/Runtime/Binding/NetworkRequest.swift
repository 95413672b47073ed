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
            sosia_ov_request_create(network.handle, card.tensors.input, &handle, $0)
        }
        guard let handle else { throw .inferenceFailed(reason: "no handle") }
        var values: UnsafeMutablePointer<Float>?
        var count = 0
        do throws(EmbeddingError) {
            try Binding.call({ .inferenceFailed(reason: $0) }) {
                sosia_ov_request_input(handle, &values, &count, $0)
            }
            guard count == card.input.width * card.input.height * 3 else {
                throw .inputShape(name: card.tensors.input, got: [count], expected: card.inputShape)
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

    /// - Parameter image: of exactly the card's input shape, which the caller has checked.
    /// - Returns: the pooled output: `card.dimension` values, not yet checked for NaN.
    func run(_ image: PixelImage) throws(EmbeddingError) -> [Float] {
        guard image.bytes.count == input.count, let start = input.baseAddress else {
            throw .inputShape(name: card.tensors.input, got: [image.bytes.count], expected: card.inputShape)
        }
        var rule = card.pixelRule
        image.bytes.withUnsafeBufferPointer { bytes in
            sosia_pixels_normalise(bytes.baseAddress, bytes.count / 3, &rule, start)
        }
        try Binding.call({ .inferenceFailed(reason: $0) }) { sosia_ov_request_run(handle, $0) }
        return try pooledOutput()
    }

    private func pooledOutput() throws(EmbeddingError) -> [Float] {
        let name = card.tensors.output
        var values: UnsafePointer<Float>?
        var found = sosia_ov_port()
        try Binding.call({ .inferenceFailed(reason: $0) }) {
            sosia_ov_request_output(handle, name, &values, &found, $0)
        }
        let port = NetworkFile.Port(found)
        guard port.isFloat, let values else { throw .elementType(tensor: name) }
        let positions = try card.positions(ofOutput: port.shape)
        guard positions > 1 else { return Array(UnsafeBufferPointer(start: values, count: card.dimension)) }
        return [Float](unsafeUninitializedCapacity: card.dimension) { buffer, count in
            if let target = buffer.baseAddress {
                sosia_planes_average(values, card.dimension, positions, target)
                count = card.dimension
            }
        }
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
