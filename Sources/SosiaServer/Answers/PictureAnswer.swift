import Sosia

/// What clients are told of a picture. Paths of the server are not among it, only the file's name.
struct PictureAnswer: JSONWritable {
    let record: ImageRecord
    let collection: ServedCollection

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
        json.member("attributes", record.attributes)
        let address = collection.address(of: record.id)
        json.member("file_url", address + "/file")
        json.member("thumb_url", address + "/thumb")
    }

    private var name: String {
        let source = record.sources.first ?? ""
        return String(source[(source.lastIndex(of: "/").map(source.index(after:)) ?? source.startIndex)...])
    }
}
