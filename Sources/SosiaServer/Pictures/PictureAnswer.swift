import FileSystem
import Sosia
import SosiaCore

/// A picture as clients see it: with the name of its file, and its path only for those who may see it.
struct PictureAnswer: JSONWritable {
    /// Bytes of an answer without attributes, about.
    static let usualBytes = 512

    let record: ImageRecord
    let collection: ServedCollection
    let showsPath: Bool

    func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0) }
    }

    /// Writes the members without braces, for answers that add more.
    func writeMembers(to json: inout JSONWriter) {
        let facts = record.facts
        json.member("id", record.id)
        let name = record.name(on: collection.store.machine)
        json.member("name", AbsolutePath.name(name))
        if showsPath, isFile { json.member("path", name) }
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
        if let tile = record.tile { json.member("tile") { Self.write(tile, to: &$0) } }
        json.member("attributes", record.attributes)
        let address = collection.address(of: record.id)
        json.member("file_url", address + "/file")
        json.member("thumb_url", address + "/thumb")
    }

    /// An upload lies nowhere.
    private var isFile: Bool {
        if record.tile != nil { return true }
        if case .file? = record.sources.first { return true }
        return false
    }

    private static func write(_ tile: Tile, to json: inout JSONWriter) {
        json.object { json in
            if tile.kind == .raster { json.member("raster", tile.container) }
            if let position = tile.position { json.member("position", position) }
            json.member("window", tile.window.json)
            if let ring = tile.outline?.rings.first {
                json.member("outline", ring.map { JSONValue.array([.number($0.longitude), .number($0.latitude)]) })
            }
        }
    }
}

extension PixelWindow {
    var json: JSONValue {
        [
            "x": .integer(Int64(x)), "y": .integer(Int64(y)), "width": .integer(Int64(width)),
            "height": .integer(Int64(height)),
        ]
    }
}
