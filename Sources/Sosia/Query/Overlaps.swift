import SosiaCore

/// What becomes of tiles in an answer that show the same place.
public enum Overlaps: String, Sendable, Hashable, CaseIterable {
    /// Of the hits of one file whose windows have pixels in common, the first is kept: the nearest, and of equally near
    /// ones that with the lower id. Hits are looked at in the order of the answer, and each is held against those that
    /// were kept, so a chain of tiles may lose every other one. Farther hits move up.
    case merge
    case keep
}

/// Takes hits in the order of answers, and tells which are kept.
struct OverlapMerger {
    /// Windows of the hits that were kept, by file.
    private var kept: [String: [PixelWindow]] = [:]

    /// - Returns: whether the hit is kept; pictures that are no tiles of a raster always are.
    mutating func keeps(_ hit: SearchHit) -> Bool {
        guard let tile = hit.record.tile, tile.kind == .raster else { return true }
        if kept[tile.source, default: []].contains(where: tile.window.overlaps) { return false }
        kept[tile.source, default: []].append(tile.window)
        return true
    }
}
