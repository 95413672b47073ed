import GRDB
import SosiaCore

/// What SQLite does not notice by itself: bits of columns that no index holds. Each row that is not wholly in indexes has
/// a checksum beside it; that of a picture, `image.record`, is the sum of those of its row, its locations and its tile,
/// as far as records show them. Its other columns are in indexes, or lead to a vector with a checksum of its own.
///
/// What is damaged stays so when it is changed, until it is repaired: a change never covers damage up.
enum ChecksumSQL {
    static let image =
        "sosia_checksum(image.id, format, image.width, image.height, captured, latitude, longitude, camera, attributes)"
    static let tile = "sosia_checksum(container, x, y, tile.width, tile.height, outline)"
    static let record = """
        \(image) + ifnull((SELECT sum(sosia_checksum(location)) FROM source WHERE source.image = image.id), 0)
            + ifnull((SELECT \(tile) FROM tile WHERE tile.image = image.id), 0)
        """
    static let source = "sosia_checksum(location, image, size, modified, changed, inode, device)"
    static let container = "sosia_checksum(id, path, kind, size, modified, complete, facts)"
    static let lost = "sosia_checksum(id, hash, attributes, content)"
    /// The collection as a whole: its row, the numbers that pictures and containers get next, and the schema.
    static let collection = """
        sosia_checksum(only, model, weights_sha256, precision, pooling, dimension, metric, generation, revision, rows,
            machine, identity,
            (SELECT group_concat(name || ' ' || seq) FROM (SELECT name, seq FROM sqlite_sequence ORDER BY name)),
            (SELECT group_concat(type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, ''))
                FROM (SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name)))
        """
}

extension Catalog {
    /// Runs `body` and gives the picture the checksum of what its record is then, unless it was damaged before.
    static func changing<Value>(image id: Int64, _ db: Database, _ body: () throws -> Value) throws -> Value {
        let isWhole = try isWhole(image: id, db)
        let value = try body()
        if isWhole { try seal(image: id, db) }
        return value
    }

    static func isWhole(image id: Int64, _ db: Database) throws -> Bool {
        try isTrue("SELECT record = \(ChecksumSQL.record) FROM image WHERE id = ?", id, db)
    }

    static func seal(image id: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE image SET record = \(ChecksumSQL.record) WHERE id = ?")
            .execute(arguments: [id])
    }

    /// The same for a container.
    static func changing(container id: Int64, _ db: Database, _ body: () throws -> Void) throws {
        let isWhole = try isTrue("SELECT checksum = \(ChecksumSQL.container) FROM container WHERE id = ?", id, db)
        try body()
        if isWhole { try seal(container: id, db) }
    }

    static func seal(container id: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE container SET checksum = \(ChecksumSQL.container) WHERE id = ?")
            .execute(arguments: [id])
    }

    static func isWhole(lost id: Int64, _ db: Database) throws -> Bool {
        try isTrue("SELECT checksum = \(ChecksumSQL.lost) FROM lost WHERE id = ?", id, db)
    }

    /// Whether the collection's description is what was written; also before there is one.
    static func isDescriptionWhole(_ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT checksum = \(ChecksumSQL.collection) FROM collection")
        return try Bool.fetchOne(select) ?? true
    }

    static func sealDescription(_ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE collection SET checksum = \(ChecksumSQL.collection)").execute()
    }

    private static func isTrue(_ sql: String, _ id: Int64, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) ?? true
    }
}
