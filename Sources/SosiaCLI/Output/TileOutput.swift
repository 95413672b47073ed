import Sosia

/// Where a tile was cut, as JSON.
struct TileOutput: Encodable {
    let window: PixelWindow
    /// Longitude and latitude of the corners, from the upper left one clockwise; missing without georeference.
    let outline: [[Double]]?

    init(_ tile: Tile) {
        window = tile.window
        outline = tile.outline?.rings.first?.map { [$0.longitude, $0.latitude] }
    }
}
