import GRDB
package import SosiaCore

extension Catalog {
    /// Lost pictures, which wait for their files to be added again, ordered by id.
    package func lost(after id: ImageID?, limit: Int) throws(StoreError) -> [PictureOrigin] {
        try read { db in
            // A reader may meet a catalog that no writer has migrated yet.
            guard try Self.hasTable("lost", db) else { return [] }
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM lost WHERE id > ? ORDER BY id LIMIT ?", arguments: [id?.rawValue ?? 0, limit])
            return try rows.map { try lostOrigin($0, db) }
        }
    }

    package func lostCount() throws(StoreError) -> Int {
        try read { db in
            try Self.hasTable("lost", db) ? Int.fetchOne(db, sql: "SELECT count(*) FROM lost") ?? 0 : 0
        }
    }

    func lostOrigin(_ row: Row, _ db: Database) throws -> PictureOrigin {
        let id: Int64 = try row.value("id")
        let locations = try String.fetchAll(
            db.cachedStatement(sql: "SELECT location FROM lost_source WHERE lost = ? ORDER BY location"),
            arguments: [id]
        ).map(location)
        return PictureOrigin(
            id: ImageID(rawValue: id), hash: try Self.contentHash(row), sources: locations,
            tile: try lostTile(locations, db), isLost: true)
    }

    /// Where a lost tile was cut; its outline went with it.
    private func lostTile(_ locations: [SourceLocation], _ db: Database) throws -> Tile? {
        guard case .tile(let tile)? = locations.first, let container = try container(tile.container, db) else {
            return nil
        }
        return Tile(
            container: tile.container, source: container.path, machine: container.machine, window: tile.window,
            outline: nil, kind: container.kind)
    }

    /// Moves a picture and its sources out of the collection into `lost`.
    static func lose(_ id: Int64, _ db: Database) throws {
        try reopenContainer(of: id, db)
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO lost (id, hash, attributes, content, checksum)
                SELECT id, hash, attributes, content, \(ChecksumSQL.lost) FROM image WHERE id = ?
                """
        ).execute(arguments: [id])
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO lost_source SELECT location, image FROM source WHERE image = ?"
        ).execute(arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM image WHERE id = ?").execute(arguments: [id])
    }

    /// The lost picture whose only location this is.
    static func lost(at location: String, _ db: Database) throws -> Int64? {
        let select = try db.cachedStatement(
            sql: """
                SELECT lost FROM lost_source AS here WHERE location = ?
                AND (SELECT count(*) FROM lost_source WHERE lost = here.lost) = 1
                """)
        return try Int64.fetchOne(select, arguments: [location])
    }

    /// Takes a picture out of `lost` when it returns.
    /// - Returns: its attributes as JSON.
    static func restore(_ id: Int64, _ db: Database) throws -> String {
        let attributes = try String.fetchOne(
            db.cachedStatement(sql: "SELECT attributes FROM lost WHERE id = ?"), arguments: [id])
        _ = try forgetLost(id, db)
        return attributes ?? "{}"
    }

    /// - Returns: whether there was such a picture.
    static func forgetLost(_ id: Int64, _ db: Database) throws -> Bool {
        try db.cachedStatement(sql: "DELETE FROM lost WHERE id = ?").execute(arguments: [id])
        return db.changesCount > 0
    }

    /// - Returns: whether a lost picture was removed with its last location.
    static func forgetLost(at location: String, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT lost FROM lost_source WHERE location = ?")
        guard let id = try Int64.fetchOne(select, arguments: [location]) else { return false }
        try db.cachedStatement(sql: "DELETE FROM lost_source WHERE location = ?").execute(arguments: [location])
        let others = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM lost_source WHERE lost = ?)")
        return try Bool.fetchOne(others, arguments: [id]) == true ? false : forgetLost(id, db)
    }
}
