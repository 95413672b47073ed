import GRDB
import SosiaCore

extension Catalog {
    /// - Parameters:
    ///   - containers: those that were read already: the tiles of a page were cut from few files.
    ///   - digest: gets what the tile's row says.
    /// - Returns: nil for a picture that is not a tile.
    func tile(
        of id: Int64, _ db: Database, _ containers: inout [Int64: TileContainer], _ digest: inout RowDigest
    ) throws -> Tile? {
        let select = try db.cachedStatement(
            sql: "SELECT container, x, y, width, height, outline FROM tile WHERE image = ?")
        guard let row = try Row.fetchOne(select, arguments: [id]) else { return nil }
        for column in 0..<row.count { digest.append(row[column]) }
        let number: Int64 = try row.value(at: 0)
        guard let container = try containers[number] ?? container(number, db) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the file of a tile is unknown")
        }
        containers[number] = container
        let outline: String? = try row.optional(at: 5)
        return Tile(
            container: number, source: container.path, machine: container.machine,
            window: PixelWindow(
                x: try row.value(at: 1), y: try row.value(at: 2), width: try row.value(at: 3),
                height: try row.value(at: 4)),
            outline: try outline.map { try GeoPolygon(text: $0) }, kind: container.kind)
    }

    /// The same for a single picture.
    func tile(of id: Int64, _ db: Database) throws -> Tile? {
        var (containers, digest): ([Int64: TileContainer], RowDigest) = ([:], RowDigest())
        return try tile(of: id, db, &containers, &digest)
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
        let select = try db.cachedStatement(sql: "SELECT container FROM tile WHERE image = ?")
        guard let container = try Int64.fetchOne(select, arguments: [id]) else { return }
        try changing(container: container, db) {
            try db.cachedStatement(sql: "UPDATE container SET complete = 0 WHERE id = ?").execute(arguments: [container]
            )
        }
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
