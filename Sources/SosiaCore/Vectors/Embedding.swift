/// One picture as a vector of finite 32-bit floats.
public struct Embedding: Sendable, Hashable {
    public let values: [Float]

    public var dimension: Int { values.count }

    /// - Throws: `VectorError.notFinite` with the first position that is NaN or infinite; `VectorError.empty`.
    public init(_ values: [Float]) throws(VectorError) {
        guard !values.isEmpty else { throw .empty }
        if let position = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(position: position)
        }
        self.values = values
    }
}
