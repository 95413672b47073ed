import Sosia

/// Where a tile was cut, as JSON.
struct TileOutput: Encodable {
    /// Missing for a record of a file of tiny images.
    let window: PixelWindow?
    /// Of the record, from 0; missing for a window of a raster.
    let position: Int?
    /// Longitude and latitude of the corners, from the upper left one clockwise; missing without georeference.
    let outline: [[Double]]?

    init(_ tile: Tile) {
        window = tile.position == nil ? tile.window : nil
        position = tile.position
        outline = tile.outline?.rings.first?.map { [$0.longitude, $0.latitude] }
    }
}
