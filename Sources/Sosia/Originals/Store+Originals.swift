public import Images
public import SosiaCore
import Workers

extension Store {
    /// The encoded bytes of a picture.
    public struct Original: Sendable, Hashable {
        public let bytes: [UInt8]
        /// Of the bytes: what caches may name them by forever.
        public let hash: ContentHash
        /// What the bytes are, whatever their file is called.
        public let format: PictureFormat
    }

    /// Little is lost of a tile that is handed out as a JPEG.
    private static let tileQuality = 95

    /// The bytes that a picture was added with: from one of its files that still has them, else from the object store.
    /// A tile is cut again from its file, and is a JPEG.
    /// - Throws: `EngineError.unknownImage`; `StoreError.originalGone` when they are nowhere any more;
    ///   ``TileError`` when a tile's file is gone or changed, or lies on another machine; `ObjectStoreError`.
    public func original(of id: ImageID) async throws -> Original { try await original(of: origin(of: id)) }

    /// The same for a picture whose origin is known.
    package func original(of origin: PictureOrigin) async throws -> Original {
        if let tile = origin.tile {
            return try await queries.run {
                let pixels = try await self.cut(tile)
                let bytes = try ImageEncoder.jpeg(pixels, quality: Self.tileQuality)
                return Original(bytes: bytes, hash: origin.hash, format: .jpeg)
            }
        }
        let paths = origin.sources.compactMap { $0.path(on: machine) }
        let file = try await queries.run { Self.content(of: origin.hash, in: paths) }
        let kept: [UInt8]?
        if let file { kept = file } else { kept = try await objects?.get(origin.hash) }
        guard let kept, file != nil || ContentHash(of: kept) == origin.hash,
            let format = PictureFormat(sniffing: kept)
        else { throw StoreError.originalGone(origin.id) }
        return Original(bytes: kept, hash: origin.hash, format: format)
    }

    /// What a picture was made of.
    /// - Throws: `EngineError.unknownImage`, also for one that a repair took out; ``StoreError``
    func origin(of id: ImageID) async throws -> PictureOrigin {
        guard let origin = try await engine.origins(of: [id]).first ?? nil, !origin.isLost else {
            throw EngineError.unknownImage(id)
        }
        return origin
    }

    /// Only their right bytes are given away: a path may show something else by now.
    private static func content(of hash: ContentHash, in paths: [String]) -> [UInt8]? {
        paths.lazy.compactMap { try? FileContent(reading: $0) }.first { $0.hash == hash }?.bytes
    }
}
