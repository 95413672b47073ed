import GRDB
import SosiaCore

extension Catalog {
    /// Whether any picture is a tile. A reader may see a catalog that no writer has migrated yet.
    static func hasTiles(_ db: Database) throws -> Bool {
        guard try Self.hasTable("tile", db) else { return false }
        return try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM tile)")) ?? false
    }

    /// Whether any picture is a tile.
    package func hasTiles() throws(CatalogError) -> Bool {
        try read { db in try Self.hasTiles(db) }
    }

    /// - Returns: nil for a picture that is none.
    static func tile(of id: ImageID, _ db: Database) throws -> Tile? {
        let select = try db.cachedStatement(
            sql: """
                SELECT path, x, y, width, height, outline FROM tile JOIN container ON container.id = container
                WHERE image = ?
                """)
        guard let row = try Row.fetchOne(select, arguments: [id.rawValue]) else { return nil }
        let outline: String? = try row.optional("outline")
        return Tile(
            source: try row.value("path"),
            window: PixelWindow(
                x: try row.value("x"), y: try row.value("y"), width: try row.value("width"),
                height: try row.value("height")),
            outline: try outline.map { try GeoPolygon(text: $0) })
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
