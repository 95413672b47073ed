internal import SosiaCore

extension ModelCard {
    /// The input tensor's dimensions for one picture.
    var inputShape: [Int] {
        switch layout {
        case .nchw: [1, 3, input.height, input.width]
        case .nhwc: [1, input.height, input.width, 3]
        }
    }

    /// How many positions the output has for each dimension of the embedding: 1 for a vector.
    /// - Parameter shape: all dimensions known.
    func positions(ofOutput shape: [Int]) throws(EmbeddingError) -> Int {
        switch pooling {
        case .none:
            // [1, d], and the [1, d, 1, 1] that some exports leave.
            guard shape.count >= 2, shape[0] == 1, shape.dropFirst(2).allSatisfy({ $0 == 1 }) else {
                throw .outputShape(name: tensors.output, got: shape, expected: "[1, \(dimension)] (pooling none)")
            }
        case .average:
            guard shape.count == 4, shape[0] == 1, shape[2] > 0, shape[3] > 0 else {
                throw .outputShape(
                    name: tensors.output, got: shape, expected: "[1, \(dimension), height, width] (pooling average)")
            }
        }
        guard shape[1] == dimension else { throw .dimensionMismatch(got: shape[1], expected: dimension) }
        return shape.dropFirst(2).reduce(1, *)
    }

    /// Compares what the network's file says with the card; after it the input has the card's shape.
    /// - Throws: the first fact that does not fit.
    func check(_ file: NetworkFile) throws(EmbeddingError) {
        let inputs = try file.inputs()
        guard let port = inputs.first(where: { $0.name == tensors.input }) else {
            throw .inputMissing(name: tensors.input, present: inputs.map(\.name))
        }
        guard inputs.count == 1 else { throw .inputCount(got: inputs.map(\.name), expected: tensors.input) }
        guard port.isFloat else { throw .elementType(tensor: port.name) }
        let fits =
            port.shape.isEmpty
            || port.shape.count == 4 && zip(port.shape, inputShape).allSatisfy { $0 == -1 || $0 == $1 }
        guard fits else { throw .inputShape(name: port.name, got: port.shape, expected: inputShape) }
        let before = try file.outputs()
        guard before.contains(where: { $0.name == tensors.output }) else {
            throw .outputMissing(name: tensors.output, present: before.map(\.name))
        }
        try file.fix(input: port.name, shape: inputShape)
        guard let output = try file.outputs().first(where: { $0.name == tensors.output }) else {
            throw .outputMissing(name: tensors.output, present: before.map(\.name))
        }
        guard output.isFloat else { throw .elementType(tensor: output.name) }
        // Shapes that only the data decides are checked when the network has run.
        if !output.shape.isEmpty, !output.shape.contains(-1) { _ = try positions(ofOutput: output.shape) }
    }
}
