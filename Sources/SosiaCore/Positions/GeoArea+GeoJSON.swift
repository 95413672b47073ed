internal import Foundation

extension GeoArea {
    /// Reads one or more polygons from GeoJSON (RFC 7946) or well-known text (OGC 06-103r4).
    ///
    /// GeoJSON may also be a feature or a collection; the area is the union of its polygons.
    /// - Throws: ``GeoAreaError``
    public init(text: String) throws(GeoAreaError) {
        let isObject = text.unicodeScalars.first { !$0.properties.isWhitespace } == "{"
        guard isObject else {
            try self.init(wellKnownText: text)
            return
        }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw .unreadable(reason: "it is not JSON")
        }
        try self.init(geoJSON: value)
    }

    /// Reads a GeoJSON object (RFC 7946).
    /// - Throws: ``GeoAreaError``
    public init(geoJSON value: JSONValue) throws(GeoAreaError) {
        try self.init(Self.polygons(value))
    }

    private static func polygons(_ value: JSONValue) throws(GeoAreaError) -> [GeoPolygon] {
        guard case .object(let object) = value, case .string(let type) = object["type"] else {
            throw .unreadable(reason: "an object without a type")
        }
        switch type {
        case "Polygon": return [try polygon(object["coordinates"])]
        case "MultiPolygon":
            return try array(object["coordinates"]).map { part throws(GeoAreaError) in try polygon(part) }
        case "Feature": return try polygons(object["geometry"] ?? .null)
        case "FeatureCollection": return try all(object["features"])
        case "GeometryCollection": return try all(object["geometries"])
        default: throw .unreadable(reason: "a \(type.prefix(32)) has no area")
        }
    }

    private static func all(_ value: JSONValue?) throws(GeoAreaError) -> [GeoPolygon] {
        var polygons: [GeoPolygon] = []
        for part in try array(value) { polygons += try Self.polygons(part) }
        return polygons
    }

    private static func polygon(_ value: JSONValue?) throws(GeoAreaError) -> GeoPolygon {
        GeoPolygon(
            rings: try array(value).map { ring throws(GeoAreaError) in
                try open(array(ring).map { point throws(GeoAreaError) in try position(point) })
            })
    }

    private static func position(_ value: JSONValue) throws(GeoAreaError) -> GeoPoint {
        let numbers = try array(value).prefix(2).compactMap(\.double)
        guard numbers.count == 2 else { throw .unreadable(reason: "a position is two numbers") }
        return GeoPoint(longitude: numbers[0], latitude: numbers[1])
    }

    private static func array(_ value: JSONValue?) throws(GeoAreaError) -> [JSONValue] {
        guard case .array(let values) = value else { throw .unreadable(reason: "a list is missing") }
        return values
    }

    /// A ring without a last point that repeats the first.
    static func open(_ ring: [GeoPoint]) -> [GeoPoint] {
        ring.count > 1 && ring.first == ring.last ? ring.dropLast() : ring
    }
}

extension GeoArea: CustomStringConvertible {
    /// The argument of `within(...)`.
    public var description: String {
        switch shape {
        case .box(let west, let south, let east, let north): "\(west), \(south), \(east), \(north)"
        case .polygons(let polygons):
            polygons.count == 1
                ? "'{\"type\":\"Polygon\",\"coordinates\":\(polygons[0].coordinates)}'"
                : "'{\"type\":\"MultiPolygon\",\"coordinates\":[\(polygons.map(\.coordinates).joined(separator: ","))]}'"
        }
    }
}

extension GeoPolygon {
    fileprivate var coordinates: String {
        let rings = rings.map { ring in
            "[" + (ring + ring.prefix(1)).map { "[\($0.longitude),\($0.latitude)]" }.joined(separator: ",") + "]"
        }
        return "[\(rings.joined(separator: ","))]"
    }
}
