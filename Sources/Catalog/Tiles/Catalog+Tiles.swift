import GRDB
import SosiaCore

extension Catalog {
    /// Whether any picture is a tile of a raster. A reader may see a catalog that no writer has migrated yet.
    package func hasRasterTiles() throws(CatalogError) -> Bool {
        try readOne { db in
            guard try Self.hasTable("tile", db) else { return false }
            return try Bool.fetchOne(db.cachedStatement(sql: Self.rasterTiles)) ?? false
        }
    }

    private static let rasterTiles = """
        SELECT EXISTS (SELECT 1 FROM container JOIN tile ON container = container.id WHERE kind = 'raster')
        """

    /// - Returns: nil for a picture that is none.
    static func tile(of id: Int64, _ db: Database) throws -> Tile? {
        let select = try db.cachedStatement(
            sql: """
                SELECT path, kind, x, y, width, height, outline FROM tile JOIN container ON container.id = container
                WHERE image = ?
                """)
        guard let row = try Row.fetchOne(select, arguments: [id]) else { return nil }
        let outline: String? = try row.optional("outline")
        guard let kind = TileContainer.Kind(rawValue: try row.value("kind")) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "what is known of a container is garbled")
        }
        return Tile(
            source: try row.value("path"),
            window: PixelWindow(
                x: try row.value("x"), y: try row.value("y"), width: try row.value("width"),
                height: try row.value("height")),
            outline: try outline.map { try GeoPolygon(text: $0) }, kind: kind)
    }

    /// - Throws: `DatabaseError` when the tile's container is not known.
    static func write(_ tile: Tile, of id: Int64, _ db: Database) throws {
        let window = tile.window
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO tile
                VALUES (?, (SELECT id FROM container WHERE path = ?), ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                id, tile.source, window.x, window.y, window.width, window.height, tile.outline?.text,
            ])
    }

    /// A tile that goes by itself leaves its container incomplete: adding it again brings the tile back.
    static func reopenContainer(of id: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: "UPDATE container SET complete = 0 WHERE id = (SELECT container FROM tile WHERE image = ?)"
        ).execute(arguments: [id])
    }
}
