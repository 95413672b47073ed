/// One picture as a vector of finite 32-bit floats.
public struct Embedding: Sendable, Hashable {
    public let values: [Float]

    public var dimension: Int { values.count }

    /// - Throws: `VectorError.notFinite` for the first value that is NaN or infinite; `VectorError.empty`.
    public init(_ values: [Float]) throws(VectorError) {
        guard !values.isEmpty else { throw .empty }
        if let position = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(position: position)
        }
        self.values = values
    }
}

/// Why a vector from outside is refused.
public enum VectorError: Error, Hashable, Sendable {
    case dimensionMismatch(got: Int, expected: Int)
    case empty
    case notFinite(position: Int)
}

extension VectorError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dimensionMismatch(let got, let expected):
            "the vector has \(got) dimensions, expected \(expected)"
        case .empty:
            "the vector is empty"
        case .notFinite(let position):
            "the vector's value at position \(position) is not a finite number"
        }
    }
}

/// Turns pixels into vectors. Can be called from several threads at once.
public protocol Embedder: Sendable {
    var identity: ModelIdentity { get }
    /// The shape that ``embed(_:)`` takes; the decoder produces it directly.
    var input: InputGeometry { get }

    /// - Parameter image: exactly `input.width` x `input.height` pixels.
    /// - Returns: `identity.dimension` finite values.
    func embed(_ image: PixelImage) throws -> Embedding
}
