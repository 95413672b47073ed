public import SosiaCore

extension Raster {
    /// The middle of a window in WGS 84, its longitude within -180...180; nil without georeference, or where the
    /// projection has no such place.
    public func center(of window: PixelWindow) -> GeoPoint? {
        let middle = (
            x: Double(window.x) + Double(window.width) / 2, y: Double(window.y) + Double(window.height) / 2
        )
        return places?.points(of: [middle])[0].map { point in
            GeoPoint(longitude: GeoPoint.wrapped(point.longitude), latitude: point.latitude)
        }
    }

    /// The edge of a window in WGS 84, from the upper left corner clockwise; nil without georeference, or where a part of
    /// the edge has no place on earth.
    ///
    /// The four corners, and as many points between them as straight lines take to stay within a tenth of a pixel of
    /// the edge. Longitudes are at least -180, and go on beyond 180 for a window that crosses the antimeridian. A window
    /// that holds a pole reaches from there to all longitudes.
    public func outline(of window: PixelWindow) -> GeoPolygon? {
        places.flatMap { WindowEdge(of: window, $0).ring() }.map { GeoPolygon(rings: [$0]) }
    }

    /// Where on the raster a point of WGS 84 lies, in pixels from the upper left corner of the first one; not
    /// necessarily within the raster.
    /// - Returns: nil without georeference, or when the projection has no such point.
    public func pixel(at point: GeoPoint) -> (x: Double, y: Double)? {
        // A raster in degrees may go on beyond 180, and so may the point.
        let found = [0.0, 360, -360].lazy.compactMap { turn in
            self.places?.pixel(at: GeoPoint(longitude: point.longitude + turn, latitude: point.latitude))
        }
        return found.first { $0.x >= 0 && $0.x <= Double(self.facts.width) } ?? found.first
    }
}

/// From columns and rows to the coordinates of a projection. Not flat: the C side sees to it.
struct AffineTransform {
    private let origin: (x: Double, y: Double)
    private let column: (x: Double, y: Double)
    private let row: (x: Double, y: Double)

    /// - Parameter numbers: Six, in GDAL's order: x = t0 + t1 column + t2 row, y = t3 + t4 column + t5 row.
    init(_ numbers: [Double]) {
        origin = (numbers[0], numbers[3])
        column = (numbers[1], numbers[4])
        row = (numbers[2], numbers[5])
    }

    func applied(to pixel: (x: Double, y: Double)) -> (x: Double, y: Double) {
        (
            origin.x + column.x * pixel.x + row.x * pixel.y,
            origin.y + column.y * pixel.x + row.y * pixel.y
        )
    }

    func undone(at point: (x: Double, y: Double)) -> (x: Double, y: Double) {
        let (x, y) = (point.x - origin.x, point.y - origin.y)
        let area = column.x * row.y - row.x * column.y
        return ((x * row.y - y * row.x) / area, (y * column.x - x * column.y) / area)
    }
}

extension RasterPlaces.Placement {
    /// What anyone who looks for places should know.
    var note: String? {
        switch self {
        case .placed: nil
        case .placedByPoints: "placed by its ground control points"
        case .placedByPolynomial: "placed by a polynomial that is fitted to its ground control points"
        case .placedByCoefficients: "placed by its rational polynomial coefficients, at height 0"
        case .noTransform: "it has no georeference, so its tiles have pixel positions only"
        case .onlyPoints: "its ground control points give it no place, so its tiles have pixel positions only"
        case .flatTransform: "its georeference maps an area to a line, so its tiles have pixel positions only"
        case .noProjection: "its georeference names no projection, so its tiles have pixel positions only"
        case .noOperation: "its projection leads to no place on earth, so its tiles have pixel positions only"
        }
    }
}
