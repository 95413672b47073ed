import Catalog
import Images
public import SosiaCore
import Workers

extension Store {
    /// Little is lost of a tile that is handed out as a JPEG.
    private static let tileQuality = 95

    /// The bytes that a picture was added with: from one of its files that still has them, else from the object store.
    /// A tile is cut again from its file, and is a JPEG.
    /// - Throws: `EngineError.unknownImage`; ``StoreError/originalGone(_:)`` when they are nowhere any more;
    ///   ``TileError`` when a tile's file is gone or changed; `ObjectStoreError`.
    public func original(of id: ImageID) async throws -> Original { try await original(of: record(id)) }

    /// The same for a picture whose record is known.
    package func original(of record: ImageRecord) async throws -> Original {
        let (hash, sources) = try place(of: record.id)
        if let tile = record.tile {
            let bytes = try await engine.searches.run {
                try ImageEncoder.jpeg(self.pixels(of: tile), quality: Self.tileQuality)
            }
            return Original(bytes: bytes, hash: hash, format: .jpeg)
        }
        let file = try await engine.searches.run { Self.content(of: hash, in: sources) }
        let kept: [UInt8]?
        if let file { kept = file } else { kept = try await objects?.get(hash) }
        guard let kept, file != nil || ContentHash(of: kept) == hash, let format = PictureFormat(sniffing: kept) else {
            throw StoreError.originalGone(record.id)
        }
        return Original(bytes: kept, hash: hash, format: format)
    }

    func place(of id: ImageID) throws -> (hash: ContentHash, sources: [String]) {
        let place = try engine.reading {
            try engine.catalog.hash(of: id).map { ($0, try engine.catalog.sources(of: id)) }
        }
        guard let place else { throw EngineError.unknownImage(id) }
        return place
    }

    /// Only files are looked at, and only their right bytes are given away: a path may show something else by now.
    private static func content(of hash: ContentHash, in sources: [String]) -> [UInt8]? {
        sources.lazy.filter { $0.hasPrefix("/") }.compactMap { try? FileContent(reading: $0) }
            .first { $0.hash == hash }?.bytes
    }
}
