/// Turns pixels into vectors. Safe to call from several threads at once.
public protocol Embedder: Sendable {
    var identity: ModelIdentity { get }
    /// The shape that ``embed(_:)`` takes; the decoder produces it directly.
    var input: InputGeometry { get }

    /// - Parameter image: exactly `input.width` x `input.height` pixels.
    /// - Returns: `identity.dimension` finite values.
    func embed(_ image: PixelImage) throws -> Embedding
}
