import FileSystem
import Sosia

/// What clients are told of a raster. Paths of the server are not among it, only the file's name.
struct RasterAnswer: JSONWritable {
    let listed: ListedRaster
    let collection: ServedCollection

    func write(to json: inout JSONWriter) {
        let (raster, state) = (listed.raster, listed.state)
        let facts = raster.facts
        json.object { json in
            json.member("id", raster.id)
            json.member("name", AbsolutePath.name(raster.path))
            json.member("format", facts.format)
            json.member("width", facts.width)
            json.member("height", facts.height)
            json.member("tile", facts.tiling.tile)
            json.member("stride", facts.tiling.stride)
            json.member("tiles", listed.tiles)
            json.member("last_level", RasterPyramid(width: facts.width, height: facts.height)?.lastLevel ?? 0)
            json.member("georeferenced", facts.isGeoreferenced)
            if let projection = facts.projection { json.member("projection", projection) }
            if let ring = facts.outline?.rings.first {
                json.member("outline", ring.map { JSONValue.array([.number($0.longitude), .number($0.latitude)]) })
            }
            json.member("state", Self.word(for: state))
            json.member("notes", [facts.note, state == .asAdded ? nil : "the file \(state)"].compactMap { $0 })
            json.member("url", "/v1/collections/\(collection.name)/rasters/\(raster.id)")
        }
    }

    static let states = [ContainerState.asAdded, .changed, .missing, .incomplete].map(word)

    private static func word(for state: ContainerState) -> String {
        switch state {
        case .asAdded: "as-added"
        case .changed: "changed"
        case .missing: "missing"
        case .incomplete: "incomplete"
        }
    }

}
