/// An area on earth. The first ring bounds it, the others are holes (RFC 7946, 3.1.6).
public struct GeoPolygon: Sendable, Hashable, Codable {
    /// Each is closed by itself: the last point is not the first one again.
    public let rings: [[GeoPoint]]

    public init(rings: [[GeoPoint]]) {
        self.rings = rings
    }
}
