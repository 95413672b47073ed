public import SosiaCore

extension Raster {
    /// Windows with a longer side than this are walked around in small steps, so that it is seen which way they reach.
    private static let wideDegrees = 90.0
    private static let steps = 32

    /// The four corners of a window in WGS 84, from the upper left one clockwise; nil without georeference.
    ///
    /// Longitudes are at least -180, and go on beyond 180 for a window that crosses the antimeridian.
    public func outline(of window: PixelWindow) -> GeoPolygon? {
        let (left, top) = (Double(window.x), Double(window.y))
        let (right, bottom) = (left + Double(window.width), top + Double(window.height))
        let corners = [(x: left, y: top), (x: right, y: top), (x: right, y: bottom), (x: left, y: bottom)]
        guard var points = places?.points(of: corners) else { return nil }
        let ahead = points[1...] + points[..<1]
        let isWide = zip(points, ahead).contains { abs($0.longitude - $1.longitude) > Self.wideDegrees }
        if isWide, let walked = walked(corners) { points = walked }
        let longitudes = Longitudes.continuous(points.map(\.longitude))
        let ring = zip(longitudes, points).map { GeoPoint(longitude: $0, latitude: $1.latitude) }
        let step = ring.count / corners.count
        return GeoPolygon(rings: [corners.indices.map { ring[$0 * step] }])
    }

    private func walked(_ corners: [(x: Double, y: Double)]) -> [GeoPoint]? {
        let path = corners.indices.flatMap { index in
            let (from, to) = (corners[index], corners[(index + 1) % corners.count])
            return (0..<Self.steps).map { step in
                let share = Double(step) / Double(Self.steps)
                return (x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share)
            }
        }
        return places?.points(of: path)
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

/// Longitudes of points that follow each other.
enum Longitudes {
    /// No step is longer than half way round the earth, and the least is in -180 ..< 180.
    static func continuous(_ longitudes: [Double]) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(longitudes.count)
        for longitude in longitudes {
            guard let last = result.last else {
                result.append(longitude)
                continue
            }
            result.append(longitude - 360 * ((longitude - last) / 360).rounded())
        }
        let least = result.min() ?? 0
        let turns = ((least + 180) / 360).rounded(.down)
        return turns == 0 ? result : result.map { $0 - 360 * turns }
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
        case .noTransform: "no georeference: tiles have pixel positions only"
        case .onlyPoints: "its ground control points fit no affine transform: tiles have pixel positions only"
        case .flatTransform: "its georeference maps an area to a line: tiles have pixel positions only"
        case .noProjection: "its georeference names no projection: tiles have pixel positions only"
        case .noOperation: "its projection leads to no place on earth: tiles have pixel positions only"
        }
    }
}
