/// A place on earth, in degrees of WGS 84.
public struct GeoPoint: Sendable, Hashable, Codable {
    /// East is positive. Within an outline that crosses the antimeridian it goes on beyond 180, so that the outline is in
    /// one piece.
    public let longitude: Double
    /// North is positive.
    public let latitude: Double

    public init(longitude: Double, latitude: Double) {
        self.longitude = longitude
        self.latitude = latitude
    }
}
