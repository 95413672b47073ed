/// A position on earth, in degrees of WGS 84.
public struct GeoPoint: Sendable, Hashable, Codable {
    /// East is positive. In an outline that crosses the antimeridian, longitudes continue beyond 180, so that the outline
    /// stays in one piece.
    public let longitude: Double
    /// North is positive.
    public let latitude: Double

    public init(longitude: Double, latitude: Double) {
        self.longitude = longitude
        self.latitude = latitude
    }
}

/// A polygon on earth. The first ring bounds it, the others are holes (RFC 7946, 3.1.6).
public struct GeoPolygon: Sendable, Hashable, Codable {
    /// Each is implicitly closed: the last point does not repeat the first.
    public let rings: [[GeoPoint]]

    public init(rings: [[GeoPoint]]) {
        self.rings = rings
    }
}

extension GeoPoint {
    /// The same meridian within -180...180.
    package static func wrapped(_ longitude: Double) -> Double {
        if abs(longitude) <= 180 { return longitude }
        let turned = (longitude + 180).truncatingRemainder(dividingBy: 360)
        return turned < 0 ? turned + 180 : turned - 180
    }
}

/// The bounding box of a polygon.
struct GeoBounds: Sendable, Hashable {
    private var (west, east) = (Double.infinity, -Double.infinity)
    private var (south, north) = (Double.infinity, -Double.infinity)

    init(_ polygon: GeoPolygon) {
        for point in polygon.rings.joined() {
            (west, east) = (min(west, point.longitude), max(east, point.longitude))
            (south, north) = (min(south, point.latitude), max(north, point.latitude))
        }
    }

    /// Boundary included.
    func contains(_ point: GeoPoint) -> Bool {
        west <= point.longitude && point.longitude <= east && south <= point.latitude && point.latitude <= north
    }
}

extension GeoPolygon {
    /// This polygon cut at the antimeridian as RFC 7946 (3.1.9) requires; a single part if it does not cross it. Outer
    /// rings run counterclockwise, and all longitudes are within -180...180.
    ///
    /// Where a ring that is not convex comes apart, its parts stay joined along the antimeridian. Holes are left out.
    public var partsWithinMap: [GeoPolygon] {
        guard let ring = rings.first, let west = ring.map(\.longitude).min(), let east = ring.map(\.longitude).max()
        else { return [] }
        return stride(from: (west / 360).rounded() * 360 - 360, through: east + 180, by: 360).compactMap { turn in
            let turned = ring.map { GeoPoint(longitude: $0.longitude - turn, latitude: $0.latitude) }
            let part = Self.cut(Self.cut(turned, east: 180), west: -180)
            guard part.count >= 3, Self.doubledArea(part) != 0 else { return nil }
            return GeoPolygon(rings: [Self.doubledArea(part) < 0 ? part.reversed() : part])
        }
    }

    /// Sutherland and Hodgman, "Reentrant polygon clipping", 1974, at one meridian.
    private static func cut(_ ring: [GeoPoint], east limit: Double) -> [GeoPoint] {
        guard var from = ring.last else { return [] }
        var kept: [GeoPoint] = []
        for to in ring {
            if (from.longitude <= limit) != (to.longitude <= limit) {
                let share = (limit - from.longitude) / (to.longitude - from.longitude)
                let latitude = from.latitude + share * (to.latitude - from.latitude)
                kept.append(GeoPoint(longitude: limit, latitude: latitude))
            }
            if to.longitude <= limit { kept.append(to) }
            from = to
        }
        // A point on the meridian itself is added twice.
        return kept.indices.filter { kept[$0] != kept[$0 == 0 ? kept.count - 1 : $0 - 1] }.map { kept[$0] }
    }

    private static func cut(_ ring: [GeoPoint], west limit: Double) -> [GeoPoint] {
        let mirrored = ring.map { GeoPoint(longitude: -$0.longitude, latitude: $0.latitude) }
        return cut(mirrored, east: -limit).map { GeoPoint(longitude: -$0.longitude, latitude: $0.latitude) }
    }

    /// Positive for a counterclockwise ring.
    private static func doubledArea(_ ring: [GeoPoint]) -> Double {
        zip(ring, ring.dropFirst() + ring.prefix(1)).reduce(0) { sum, edge in
            sum + edge.0.longitude * edge.1.latitude - edge.1.longitude * edge.0.latitude
        }
    }
}
