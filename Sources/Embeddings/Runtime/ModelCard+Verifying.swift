public import Foundation
public import SosiaCore

extension ModelCard {
    /// Runs the network once in f32 on a test picture, after comparing the file with the card.
    /// - Returns: the test picture's embedding.
    /// - Throws: ``EmbeddingError``: the first fact that does not fit.
    @discardableResult
    public func verify(weights: URL, runtime: OpenVINORuntime? = nil) throws(EmbeddingError) -> Embedding {
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
