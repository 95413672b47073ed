import Dispatch
import SessionSupport
import SosiaCore

/// A network that does not answer before it is let.
final class GatedEmbedder: Embedder {
    private let embedder = GridEmbedder()
    private let gate = DispatchSemaphore(value: 0)

    var identity: ModelIdentity { embedder.identity }
    var input: InputGeometry { embedder.input }

    /// - Throws: when nobody lets it for five minutes, so that a test fails instead of waiting for ever.
    func embed(_ image: PixelImage) throws -> Embedding {
        guard gate.wait(timeout: .now() + .seconds(300)) == .success else { throw CancellationError() }
        return try embedder.embed(image)
    }

    /// Lets one picture through.
    func letOne() { gate.signal() }
}
