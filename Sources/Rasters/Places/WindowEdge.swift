internal import Foundation
internal import SosiaCore

/// The edge of a window on earth, as a ring of straight lines in longitude and latitude.
struct WindowEdge {
    /// Pixels between the edge and the ring.
    private static let tolerance = 0.1
    /// Degrees, a tenth of a millimetre: what arithmetic leaves of a straight line.
    private static let finest = 1e-9
    /// A side becomes 256 lines at most.
    private static let halvings = 8

    private typealias Pixel = (x: Double, y: Double)

    private let places: RasterPlaces
    private let window: PixelWindow

    init(of window: PixelWindow, _ places: RasterPlaces) {
        (self.window, self.places) = (window, places)
    }

    /// - Returns: nil where a part of the edge has no place.
    func ring() -> [GeoPoint]? {
        let (left, top) = (Double(window.x), Double(window.y))
        let (right, bottom) = (left + Double(window.width), top + Double(window.height))
        let corners = [(x: left, y: top), (x: right, y: top), (x: right, y: bottom), (x: left, y: bottom)]
        guard var lines = self.lines(corners.indices.map { (corners[$0], corners[($0 + 1) % 4]) }) else { return nil }
        // A side that is one pole has no length.
        let pixel = lines.map(\.degreesPerPixel).filter { $0 > Self.finest }.min() ?? 0
        let tolerance = max(Self.tolerance * pixel, Self.finest)
        for _ in 0..<Self.halvings {
            let bent = lines.filter { $0.deviation > tolerance }
            if bent.isEmpty { break }
            guard var halves = self.lines(bent.flatMap { [($0.from, $0.middle), ($0.middle, $0.to)] })?[...] else {
                return nil
            }
            lines = lines.flatMap { line in
                guard line.deviation > tolerance else { return [line] }
                defer { halves = halves.dropFirst(2) }
                return Array(halves.prefix(2))
            }
        }
        return closed(lines)
    }

    /// The points at which lines begin; around a pole, also the way to it and back.
    private func closed(_ lines: [Line]) -> [GeoPoint] {
        let path = lines.flatMap { $0.points.dropLast() }
        let longitudes = Longitudes.continuous(path + path.prefix(1))
        var ring = lines.indices.flatMap { index in
            let start = index * Line.steps
            let latitude = path[start].latitude
            // The ring turns at a pole: it comes along one meridian and leaves along another.
            let turns = Longitudes.isPole(path[start]) && !Longitudes.isPole(path[start + 1])
            return longitudes[start...start + (turns ? 1 : 0)].map { GeoPoint(longitude: $0, latitude: latitude) }
        }
        if let first = ring.first, let end = longitudes.last, end != first.longitude {
            ring.append(GeoPoint(longitude: end, latitude: first.latitude))
            if abs(end - first.longitude) > 180 {
                let pole = holds(latitude: 90) ? 90.0 : -90
                ring += [end, first.longitude].map { GeoPoint(longitude: $0, latitude: pole) }
            }
        }
        let turns = (((ring.map(\.longitude).min() ?? 0) + 180) / 360).rounded(.down)
        return turns == 0
            ? ring : ring.map { GeoPoint(longitude: $0.longitude - 360 * turns, latitude: $0.latitude) }
    }

    private func holds(latitude: Double) -> Bool {
        guard let pole = places.pixel(at: GeoPoint(longitude: 0, latitude: latitude)) else { return false }
        return (Double(window.x)...Double(window.x + window.width)).contains(pole.x)
            && (Double(window.y)...Double(window.y + window.height)).contains(pole.y)
    }

    /// Looked up at once.
    private func lines(_ ends: [(from: Pixel, to: Pixel)]) -> [Line]? {
        let pixels = ends.flatMap { from, to in
            (0...Line.steps).map { step in
                let share = Double(step) / Double(Line.steps)
                return (x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share)
            }
        }
        let points = places.points(of: pixels).compactMap(\.self)
        guard points.count == pixels.count else { return nil }
        return ends.indices.map { index in
            let start = index * (Line.steps + 1)
            return Line(from: ends[index].from, to: ends[index].to, Array(points[start...start + Line.steps]))
        }
    }

    /// A straight line in place of a part of the edge.
    private struct Line {
        static let steps = 8

        let from: Pixel
        let to: Pixel
        /// On the edge, from the first pixel to the last.
        let points: [GeoPoint]
        /// Degrees of arc between the line and the edge, at most.
        let deviation: Double
        let degreesPerPixel: Double

        var middle: Pixel { ((from.x + to.x) / 2, (from.y + to.y) / 2) }

        init(from: Pixel, to: Pixel, _ points: [GeoPoint]) {
            (self.from, self.to, self.points) = (from, to, points)
            let longitudes = Longitudes.continuous(points)
            /// East and north of another point, in degrees of arc at its latitude.
            func offset(_ index: Int, _ origin: Int) -> Pixel {
                let scale = cos(points[origin].latitude * .pi / 180)
                return (
                    (longitudes[index] - longitudes[origin]) * scale, points[index].latitude - points[origin].latitude
                )
            }
            deviation =
                (1..<Self.steps).map { step in
                    let (start, end) = (offset(0, step), offset(Self.steps, step))
                    let (east, north) = (end.x - start.x, end.y - start.y)
                    let length = east * east + north * north
                    let share = length > 0 ? -(start.x * east + start.y * north) / length : 0
                    let nearest = min(max(share, 0), 1)
                    return hypot(start.x + nearest * east, start.y + nearest * north)
                }.max() ?? 0
            let length = (0..<Self.steps).map { hypot(offset($0, $0 + 1).x, offset($0, $0 + 1).y) }.reduce(0, +)
            degreesPerPixel = length / hypot(to.x - from.x, to.y - from.y)
        }
    }
}

/// Longitudes of points that follow each other.
enum Longitudes {
    /// Degrees from a pole within which a longitude says nothing.
    private static let poleRadius = 1e-9

    static func isPole(_ point: GeoPoint) -> Bool { abs(point.latitude) > 90 - poleRadius }

    /// No step is longer than half way round the earth. A pole between other points has the longitude of the one before
    /// it; where a line runs along a pole, as the border of a map in degrees does, longitudes are what they are.
    static func continuous(_ points: [GeoPoint]) -> [Double] {
        let isPole = points.map(isPole)
        let isLone = points.indices.map { index in
            isPole[index] && !(index > 0 && isPole[index - 1]) && !(index + 1 < points.count && isPole[index + 1])
        }
        var last = zip(points, isLone).first { !$1 }?.0.longitude ?? 0
        return zip(points, isLone).map { point, isLone in
            if !isLone { last = point.longitude - 360 * ((point.longitude - last) / 360).rounded() }
            return last
        }
    }
}
