import Sosia
import SosiaCore

/// Hits as GeoJSON (RFC 7946): a tile is a polygon, a photo with a position a point, and anything else has no geometry.
struct FeatureCollection {
    private let json: JSONValue

    /// - Parameter machine: whose files are named by their paths alone.
    init(_ hits: [SearchHit], on machine: MachineName) {
        let features = hits.enumerated().map { index, hit in
            JSONValue.object([
                "type": .string("Feature"), "id": .integer(hit.record.id.rawValue),
                "geometry": Self.geometry(hit.record), "properties": Self.properties(hit, rank: index + 1, machine),
            ])
        }
        json = .object(["type": .string("FeatureCollection"), "features": .array(features)])
    }

    private static func geometry(_ record: ImageRecord) -> JSONValue {
        if let parts = record.tile?.outline?.partsWithinMap, !parts.isEmpty {
            let coordinates = parts.map { part in
                JSONValue.array(part.rings.map { ring in .array((ring + ring.prefix(1)).map(position)) })
            }
            return coordinates.count == 1
                ? .object(["type": .string("Polygon"), "coordinates": coordinates[0]])
                : .object(["type": .string("MultiPolygon"), "coordinates": .array(coordinates)])
        }
        guard let place = record.facts.position else { return .null }
        let point = GeoPoint(longitude: place.longitude, latitude: place.latitude)
        return .object(["type": .string("Point"), "coordinates": position(point)])
    }

    private static func position(_ point: GeoPoint) -> JSONValue {
        .array([.number(point.longitude), .number(point.latitude)])
    }

    private static func properties(_ hit: SearchHit, rank: Int, _ machine: MachineName) -> JSONValue {
        let record = hit.record
        var properties: [String: JSONValue] = [
            "id": .integer(record.id.rawValue), "rank": .integer(Int64(rank)),
            "distance": .number(decimal: hit.distance),
            "source": .string(record.tile?.file(on: machine) ?? record.name(on: machine)),
            "attributes": .object(record.allAttributes),
        ]
        if let window = record.tile?.window {
            // Texts and numbers, because QGIS shows objects as they are written.
            properties["window"] = .string(window.description)
        }
        return .object(properties)
    }

    /// - Parameter file: nil for standard output.
    func write(to file: OutputFile?) throws {
        if let file { try file.write(json.json + Array("\n".utf8)) } else { Console.json(json) }
    }
}

extension JSONValue {
    /// The number with as few digits as tell it apart from other `Float`s.
    static func number(decimal number: Float) -> JSONValue { .number(Double("\(number)") ?? Double(number)) }
}
