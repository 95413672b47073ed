import GRDB
import SosiaCore

/// How outlines are written in the catalog: GeoJSON's rings of `[longitude,latitude]`, each closed by itself.
extension GeoPolygon {
    var text: String {
        let rings = rings.map { ring in
            "[" + ring.map { "[\($0.longitude),\($0.latitude)]" }.joined(separator: ",") + "]"
        }
        return "[" + rings.joined(separator: ",") + "]"
    }

    /// Reads what ``text`` wrote; many hits have outlines, and a decoder for any JSON takes ten times as long.
    init(text: String) throws {
        var rings: [[GeoPoint]] = []
        for ring in text.split(separator: "]]") {
            var points: [GeoPoint] = []
            for point in ring.split(separator: "]") {
                let numbers = point.split { $0 == "[" || $0 == "," }
                guard numbers.count == 2, let longitude = Double(numbers[0]), let latitude = Double(numbers[1]),
                    longitude.isFinite, latitude.isFinite
                else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the outline of a tile is garbled") }
                points.append(GeoPoint(longitude: longitude, latitude: latitude))
            }
            if !points.isEmpty { rings.append(points) }
        }
        self.init(rings: rings)
    }
}
