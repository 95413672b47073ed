import GRDB
import SosiaCore

extension Catalog {
    /// - Returns: nil for a picture that is not a tile.
    func tile(of id: Int64, _ db: Database) throws -> Tile? {
        let select = try db.cachedStatement(
            sql: """
                SELECT path, kind, x, y, width, height, outline, container FROM tile JOIN container ON container.id = container
                WHERE image = ?
                """)
        guard let row = try Row.fetchOne(select, arguments: [id]) else { return nil }
        let outline: String? = try row.optional("outline")
        guard let kind = TileContainer.Kind(rawValue: try row.value("kind")),
            case .file(let path, let machine) = try location(row.value("path"))
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "what is known of a container is garbled")
        }
        return Tile(
            container: try row.value("container"), source: path, machine: machine,
            window: PixelWindow(
                x: try row.value("x"), y: try row.value("y"), width: try row.value("width"),
                height: try row.value("height")),
            outline: try outline.map { try GeoPolygon(text: $0) }, kind: kind)
    }

    /// - Throws: `DatabaseError` if the tile's container is unknown.
    static func write(_ tile: Tile, of id: Int64, _ db: Database) throws {
        let window = tile.window
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO tile
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                id, tile.container, window.x, window.y, window.width, window.height, tile.outline?.text,
            ])
    }

    /// Removing a single tile makes its container incomplete: adding that again brings the tile back.
    static func reopenContainer(of id: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: "UPDATE container SET complete = 0 WHERE id = (SELECT container FROM tile WHERE image = ?)"
        ).execute(arguments: [id])
    }
}

/// Outlines as recorded in the catalog: rings of `[longitude,latitude]` as in GeoJSON, but implicitly closed.
extension GeoPolygon {
    var text: String {
        let rings = rings.map { ring in
            "[" + ring.map { "[\($0.longitude),\($0.latitude)]" }.joined(separator: ",") + "]"
        }
        return "[" + rings.joined(separator: ",") + "]"
    }

    /// Reads a ``text``. Many hits have outlines, and a general JSON decoder takes ten times as long.
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
