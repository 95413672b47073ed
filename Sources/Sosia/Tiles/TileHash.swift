import Crypto
import SosiaCore

/// What a tile is recognised by: its container, its window and outline, and its pixels. So tiles that look alike
/// are two pictures, and a tile of a changed file that did not change itself is not embedded again.
enum TileHash {
    private static let domain = Array("sosia tile 1\0".utf8)

    static func of(_ pixels: PixelImage, tile: Tile) -> ContentHash? {
        var hash = SHA256()
        hash.update(data: domain)
        let outline = tile.outline?.rings.flatMap { ring in ring.flatMap { [$0.longitude, $0.latitude] } } ?? []
        let window = tile.window
        let numbers = [Int(tile.container), window.x, window.y, window.width, window.height, outline.count]
        for word in numbers.map({ UInt64(bitPattern: Int64($0)) }) + outline.map(\.bitPattern) {
            hash.update(data: (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) })
        }
        hash.update(data: pixels.bytes)
        return ContentHash(bytes: Array(hash.finalize()))
    }
}
