/// A part of the earth's surface: a box between two meridians and two parallels, or one or more polygons.
///
/// The boundary is part of the area. Longitudes are compared modulo 360. The edges of a polygon are straight lines in
/// longitude and latitude (RFC 7946, 3.1.1); what is enclosed by an odd number of its rings is inside.
public struct GeoArea: Sendable, Hashable {
    enum Shape: Sendable, Hashable {
        /// If west is greater than east, the box crosses the antimeridian.
        case box(west: Double, south: Double, east: Double, north: Double)
        case polygons([GeoPolygon])
    }

    /// Points in all rings together.
    public static let maximumPoints = 100_000
    /// Points in a ring.
    public static let minimumRing = 3
    /// Degrees; outlines that cross the antimeridian continue beyond 180.
    public static let maximumLongitude = 360.0

    let shape: Shape
    /// One for each polygon: most points lie outside and need not be compared with every edge.
    let bounds: [GeoBounds]

    /// - Parameters:
    ///   - west: in degrees, like the others; greater than `east` for a box across the antimeridian.
    /// - Throws: ``GeoAreaError/longitude(_:)``, ``GeoAreaError/latitude(_:)``, ``GeoAreaError/upsideDown(south:north:)``
    public init(west: Double, south: Double, east: Double, north: Double) throws(GeoAreaError) {
        for longitude in [west, east] { try Self.check(longitude: longitude) }
        for latitude in [south, north] { try Self.check(latitude: latitude) }
        guard south <= north else { throw .upsideDown(south: south, north: north) }
        shape = .box(west: west, south: south, east: east, north: north)
        bounds = []
    }

    /// The union of polygons.
    /// - Throws: ``GeoAreaError``
    public init(_ polygons: [GeoPolygon]) throws(GeoAreaError) {
        guard !polygons.isEmpty else { throw .noPolygon }
        var points = 0
        for polygon in polygons {
            guard !polygon.rings.isEmpty else { throw .noPolygon }
            for ring in polygon.rings {
                guard ring.count >= Self.minimumRing else { throw .tooFewPoints(got: ring.count) }
                points += ring.count
                guard points <= Self.maximumPoints else { throw .tooManyPoints(maximum: Self.maximumPoints) }
                for point in ring {
                    try Self.check(longitude: point.longitude)
                    try Self.check(latitude: point.latitude)
                }
            }
        }
        shape = .polygons(polygons)
        bounds = polygons.map(GeoBounds.init)
    }

    private static func check(longitude: Double) throws(GeoAreaError) {
        guard abs(longitude) <= maximumLongitude else { throw .longitude(longitude) }
    }

    private static func check(latitude: Double) throws(GeoAreaError) {
        guard abs(latitude) <= 90 else { throw .latitude(latitude) }
    }
}

/// Why something is not an area on earth.
public enum GeoAreaError: Error, Hashable, Sendable {
    /// Beyond ``GeoArea/maximumLongitude``, or NaN.
    case longitude(Double)
    /// Beyond 90, or NaN.
    case latitude(Double)
    case upsideDown(south: Double, north: Double)
    case noPolygon
    /// In one ring.
    case tooFewPoints(got: Int)
    case tooManyPoints(maximum: Int)
    /// Text that is neither GeoJSON nor WKT.
    case unreadable(reason: String)
}

extension GeoAreaError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .longitude(let got): "the longitude is \(got), expected -360 to 360 degrees"
        case .latitude(let got): "the latitude is \(got), expected -90 to 90 degrees"
        case .upsideDown(let south, let north): "the box goes from latitude \(south) up to \(north)"
        case .noPolygon: "there is no polygon in it"
        case .tooFewPoints(let got): "a ring has \(got) points, expected at least \(GeoArea.minimumRing)"
        case .tooManyPoints(let maximum): "the polygons have more than \(maximum) points"
        case .unreadable(let reason): "it is no GeoJSON polygon: \(reason)"
        }
    }
}
