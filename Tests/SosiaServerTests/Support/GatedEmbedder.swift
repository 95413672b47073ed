import Dispatch
import SosiaCore

/// A network that does not answer before it is let.
final class GatedEmbedder: Embedder {
    private let embedder = GridEmbedder()
    private let gate = DispatchSemaphore(value: 0)

    var identity: ModelIdentity { embedder.identity }
    var input: InputGeometry { embedder.input }

    func embed(_ image: PixelImage) throws -> Embedding {
        gate.wait()
        return try embedder.embed(image)
    }

    /// Lets one picture through.
    func letOne() { gate.signal() }
}
