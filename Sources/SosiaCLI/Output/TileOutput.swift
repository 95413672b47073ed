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

/// What `sosia status` says of a file that tiles were cut from.
struct RasterOutput: Encodable {
    let path: String
    let kind: String
    let width: Int
    let height: Int
    let tiles: Int
    let tile: Int
    let stride: Int
    let georeferenced: Bool
    let projection: String?
    /// Missing when the file is as it was added.
    let problem: String?

    init(_ container: TileContainer, in status: StoreStatus) {
        let facts = container.facts
        path = container.path
        kind = container.kind.rawValue
        (width, height) = (facts.width, facts.height)
        tiles = status.tileCounts[container.id] ?? 0
        (tile, stride) = (facts.tiling.tile, facts.tiling.stride)
        georeferenced = facts.isGeoreferenced
        projection = facts.projection
        let state = container.checkFiles()
        problem = state == .asAdded ? nil : state.description
    }

    func print() {
        defer { if let problem { Swift.print("", "it \(problem)", separator: "\t") } }
        if kind == TileContainer.Kind.tiny.rawValue {
            return Swift.print(kind, Console.printable(path), "\(tiles) tiny images", separator: "\t")
        }
        let place = georeferenced ? projection ?? "georeferenced" : "not georeferenced"
        let size = "\(width) x \(height)"
        Swift.print(
            kind, Console.printable(path),
            "\(size), \(tiles) tiles of \(tile) every \(stride), \(Console.printable(place))", separator: "\t")
    }
}
