/// The smallest box around a polygon.
struct GeoBounds: Sendable, Hashable {
    private var (west, east) = (Double.infinity, -Double.infinity)
    private var (south, north) = (Double.infinity, -Double.infinity)

    init(_ polygon: GeoPolygon) {
        for point in polygon.rings.joined() {
            (west, east) = (min(west, point.longitude), max(east, point.longitude))
            (south, north) = (min(south, point.latitude), max(north, point.latitude))
        }
    }

    /// The boundary belongs to it.
    func contains(_ point: GeoPoint) -> Bool {
        west <= point.longitude && point.longitude <= east && south <= point.latitude && point.latitude <= north
    }
}
