extension GeoPolygon {
    /// The middle of what the outer ring spans from its least to its greatest coordinates, its longitude within -180...180.
    /// - Returns: nil without points.
    public var center: GeoPoint? {
        guard let ring = rings.first, let west = ring.map(\.longitude).min(), let east = ring.map(\.longitude).max(),
            let south = ring.map(\.latitude).min(), let north = ring.map(\.latitude).max()
        else { return nil }
        return GeoPoint(longitude: GeoPoint.wrapped((west + east) / 2), latitude: (south + north) / 2)
    }
}

extension GeoPoint {
    /// The same meridian within -180...180.
    static func wrapped(_ longitude: Double) -> Double {
        if abs(longitude) <= 180 { return longitude }
        let turned = (longitude + 180).truncatingRemainder(dividingBy: 360)
        return turned < 0 ? turned + 180 : turned - 180
    }
}
