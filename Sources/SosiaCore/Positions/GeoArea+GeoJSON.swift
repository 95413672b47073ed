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
        let tree: JSONTree
        do throws(JSONError) {
            tree = try JSONTree(parsing: text)
        } catch {
            throw .unreadable(reason: error.isLimit ? error.description : "it is not JSON")
        }
        var polygons: [GeoPolygon] = []
        try Self.gather(tree, into: &polygons)
        try self.init(polygons)
    }

    /// Reads a GeoJSON object (RFC 7946).
    /// - Throws: ``GeoAreaError``
    public init(geoJSON value: JSONValue) throws(GeoAreaError) {
        try self.init(text: String(decoding: value.json, as: UTF8.self))
    }

    /// Adds the polygons of an object, and of the objects in it.
    private static func gather(_ tree: JSONTree, into polygons: inout [GeoPolygon]) throws(GeoAreaError) {
        guard case .string(let type) = tree.member("type")?.node else {
            throw .unreadable(reason: "an object without a type")
        }
        switch type {
        case "Polygon": polygons.append(try polygon(tree.member("coordinates")))
        case "MultiPolygon":
            for part in try array(tree.member("coordinates")) { polygons.append(try polygon(part)) }
        case "Feature":
            guard let geometry = tree.member("geometry") else {
                throw .unreadable(reason: "an object without a type")
            }
            try gather(geometry, into: &polygons)
        case "FeatureCollection", "GeometryCollection":
            for part in try array(tree.member(type == "FeatureCollection" ? "features" : "geometries")) {
                try gather(part, into: &polygons)
            }
        default: throw .unreadable(reason: "a \(type.prefix(32)) has no area")
        }
    }

    private static func polygon(_ tree: JSONTree?) throws(GeoAreaError) -> GeoPolygon {
        GeoPolygon(
            rings: try array(tree).map { ring throws(GeoAreaError) in
                try open(array(ring).map { point throws(GeoAreaError) in try position(point) })
            })
    }

    private static func position(_ tree: JSONTree) throws(GeoAreaError) -> GeoPoint {
        var numbers = try array(tree)
        guard let longitude = numbers.next()?.double, let latitude = numbers.next()?.double else {
            throw .unreadable(reason: "a position is two numbers")
        }
        return GeoPoint(longitude: longitude, latitude: latitude)
    }

    private static func array(_ tree: JSONTree?) throws(GeoAreaError) -> JSONElements {
        guard case .array(let elements) = tree?.node else { throw .unreadable(reason: "a list is missing") }
        return elements
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
