package import Sosia

/// A stand-in for a network: the mean colours of a 4 x 4 grid, 48 dimensions. Real pixels, real differences, no weights.
package struct GridEmbedder: Embedder {
    package static let side = 4

    package let identity = ModelIdentity(
        name: "grid", weightsSHA256: String(repeating: "0", count: 64), precision: .f32,
        descriptor: .init(pooling: .none), dimension: side * side * 3, metric: .l2)
    package let input = InputGeometry(width: 16, height: 16, rule: .stretch)

    package init() {}

    package func embed(_ image: PixelImage) throws -> Embedding {
        var sums = [Float](repeating: 0, count: identity.dimension)
        for y in 0..<image.height {
            for x in 0..<image.width {
                let cell = y * Self.side / image.height * Self.side + x * Self.side / image.width
                for channel in 0..<3 {
                    sums[cell * 3 + channel] += Float(image.bytes[(y * image.width + x) * 3 + channel]) / 4096
                }
            }
        }
        return try Embedding(sums)
    }
}

extension NetworkLoader {
    /// Gives every collection the same network, which is known by its own name and is the standard one.
    package static func only(_ embedder: any Embedder) -> NetworkLoader {
        NetworkLoader { model, _, _, _ in
            let name = embedder.identity.name
            guard model == name || model == Store.standardModel else {
                throw EmbeddingError.modelUnknown(name: model, known: [name])
            }
            return embedder
        }
    }
}
