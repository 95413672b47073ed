import Sosia

/// What clients are told of a picture. Paths of the server are not among it, only the file's name.
struct PictureAnswer: JSONWritable {
    let record: ImageRecord
    let collection: ServedCollection
    /// See ``ServedCollection/rasters(of:)``.
    let rasters: [String: Int64]

    func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0) }
    }

    /// The members without the braces, for answers that have more.
    func writeMembers(to json: inout JSONWriter) {
        let facts = record.facts
        json.member("id", record.id)
        json.member("name", name)
        json.member("format", facts.format)
        json.member("width", facts.width)
        json.member("height", facts.height)
        if let captured = facts.captured { json.member("captured", captured) }
        if let camera = facts.camera { json.member("camera", camera) }
        if let position = facts.position {
            json.member("position") { json in
                json.object { json in
                    json.member("latitude", position.latitude)
                    json.member("longitude", position.longitude)
                }
            }
        }
        if let tile = record.tile { json.member("tile") { Self.write(tile, rasters[tile.source], to: &$0) } }
        json.member("attributes", record.attributes)
        let address = collection.address(of: record.id)
        json.member("file_url", address + "/file")
        json.member("thumb_url", address + "/thumb")
    }

    private static func write(_ tile: Tile, _ raster: Int64?, to json: inout JSONWriter) {
        let window = tile.window
        json.object { json in
            if let raster { json.member("raster", raster) }
            if let position = tile.position { json.member("position", position) }
            json.member("window") { json in
                json.object { json in
                    json.member("x", window.x)
                    json.member("y", window.y)
                    json.member("width", window.width)
                    json.member("height", window.height)
                }
            }
            if let ring = tile.outline?.rings.first {
                json.member("outline", ring.map { JSONValue.array([.number($0.longitude), .number($0.latitude)]) })
            }
        }
    }

    private var name: String {
        let source = record.place
        return String(source[(source.lastIndex(of: "/").map(source.index(after:)) ?? source.startIndex)...])
    }
}
