package import Foundation
package import SosiaCore

extension ModelCard {
    /// The input tensor's dimensions for one picture.
    var inputShape: [Int] {
        switch layout {
        case .nchw: [1, 3, input.height, input.width]
        case .nhwc: [1, input.height, input.width, 3]
        }
    }

    /// How errors call the output that is pooled.
    var outputName: String { descriptor.output ?? "the only one" }

    /// What pools the network's output.
    func algorithm() throws(EmbeddingError) -> any PoolingAlgorithm {
        do throws(ModelCardError) {
            return try descriptor.pooling.algorithm()
        } catch {
            throw .card(error)
        }
    }

    /// - Parameter shape: of the output that is pooled, all dimensions known.
    /// - Throws: when `algorithm` does not make the embedding's dimension of it.
    func check(outputShape shape: [Int], for algorithm: any PoolingAlgorithm) throws(EmbeddingError) {
        guard let pooled = algorithm.dimension(ofShape: shape) else {
            let expected = algorithm.shape(ofDimension: dimension)
            throw .outputShape(
                name: outputName, got: shape, expected: "\(expected) (pooling \(descriptor.pooling.name))")
        }
        guard pooled == dimension else { throw .dimensionMismatch(got: pooled, expected: dimension) }
    }
}

// MARK: The network's file

extension ModelCard {
    /// Compares what the network's file says with the card; after it the input has the card's shape.
    /// - Throws: the first fact that does not fit.
    func check(_ file: NetworkFile) throws(EmbeddingError) {
        let inputs = try file.inputs()
        guard let port = inputs.first(where: { $0.name == inputTensor }) else {
            throw .inputMissing(name: inputTensor, present: inputs.map(\.name))
        }
        guard inputs.count == 1 else { throw .inputCount(got: inputs.map(\.name), expected: inputTensor) }
        guard port.isFloat else { throw .elementType(tensor: port.name) }
        let fits =
            port.shape.isEmpty
            || port.shape.count == 4 && zip(port.shape, inputShape).allSatisfy { $0 == -1 || $0 == $1 }
        guard fits else { throw .inputShape(name: port.name, got: port.shape, expected: inputShape) }
        _ = try output(of: file)
        try file.fix(input: port.name, shape: inputShape)
        let output = try output(of: file)
        guard output.isFloat else { throw .elementType(tensor: output.name) }
        // Shapes that only the data decides are checked when the network has run.
        if !output.shape.isEmpty, !output.shape.contains(-1) {
            try check(outputShape: output.shape, for: try algorithm())
        }
    }

    private func output(of file: NetworkFile) throws(EmbeddingError) -> NetworkFile.Port {
        let outputs = try file.outputs()
        guard let name = descriptor.output else {
            guard let only = outputs.first, outputs.count == 1 else {
                throw .outputUnnamed(present: outputs.map(\.name))
            }
            return only
        }
        guard let output = outputs.first(where: { $0.name == name }) else {
            throw .outputMissing(name: name, present: outputs.map(\.name))
        }
        return output
    }
}

// MARK: A run on a test picture

extension ModelCard {
    /// Runs the network once in f32 on a test picture, after comparing the file with the card.
    /// - Returns: the test picture's embedding.
    /// - Throws: ``EmbeddingError``: the first fact that does not fit.
    @discardableResult
    package func verify(weights: URL, runtime: OpenVINORuntime? = nil) throws(EmbeddingError) -> Embedding {
        let embedder = try NetworkEmbedder(card: self, weights: weights, precision: .f32, runtime: runtime)
        guard let picture = Self.testPicture(width: input.width, height: input.height) else {
            throw .pictureShape(
                gotWidth: 0, gotHeight: 0, expectedWidth: input.width, expectedHeight: input.height)
        }
        do {
            return try embedder.embed(picture)
        } catch let error as EmbeddingError {
            throw error
        } catch {
            throw .inferenceFailed(reason: "\(error)")
        }
    }

    /// Two gradients and a checkerboard: the same for the same size.
    static func testPicture(width: Int, height: Int) -> PixelImage? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                bytes.append(UInt8(x * 255 / width))
                bytes.append(UInt8(y * 255 / height))
                bytes.append((x / 8 + y / 8).isMultiple(of: 2) ? 32 : 224)
            }
        }
        return PixelImage(width: width, height: height, bytes: bytes)
    }
}
