import Sosia
import SosiaCore

/// Where a tile was cut, as JSON.
struct TileOutput: Encodable {
    /// Missing for a record of a file of tiny images.
    let window: PixelWindow?
    /// Of the record, from 0; missing for a window of a raster.
    let position: Int?
    /// Longitude and latitude of points of the edge, from the upper left corner clockwise; missing without georeference.
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

    /// - Parameter machine: whose files are looked at.
    init(_ counted: CountedContainer, on machine: MachineName) {
        let container = counted.container
        let facts = container.facts
        path = SourceLocation.file(path: container.path, machine: container.machine).text(on: machine)
        kind = container.kind.rawValue
        (width, height) = (facts.width, facts.height)
        tiles = counted.tiles
        (tile, stride) = (facts.tiling.tile, facts.tiling.stride)
        georeferenced = facts.isGeoreferenced
        projection = facts.projection
        let state = container.state(on: machine)
        problem = state == .asAdded ? nil : state.description
    }

    func print() {
        defer { if let problem { Console.print("", "it \(problem)", separator: "\t") } }
        if kind == TileContainer.Kind.tiny.rawValue {
            return Console.print(kind, Console.printable(path), "\(tiles) tiny images", separator: "\t")
        }
        let place = georeferenced ? projection ?? "georeferenced" : "not georeferenced"
        let size = "\(width) x \(height)"
        Console.print(
            kind, Console.printable(path),
            "\(size), \(tiles) tiles of \(tile) every \(stride), \(Console.printable(place))", separator: "\t")
    }
}
