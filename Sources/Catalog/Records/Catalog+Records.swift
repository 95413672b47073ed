import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// - Returns: the records of those ids that exist, in the order asked for.
    package func records(_ ids: [ImageID]) throws(CatalogError) -> [ImageRecord] {
        try readOne { db in try Self.records(ids, db) }
    }

    static func record(_ id: ImageID, _ db: Database) throws -> ImageRecord? {
        try records([id], db).first
    }

    /// One statement for all of them, read by position: every answer to a search pays for this.
    static func records(_ ids: [ImageID], _ db: Database) throws -> [ImageRecord] {
        let select = try db.cachedStatement(
            sql: """
                SELECT image.id, format, width, height, captured, latitude, longitude, camera, attributes, location, key
                FROM json_each(?) AS wanted CROSS JOIN image ON image.id = value
                    LEFT JOIN source ON source.image = image.id
                ORDER BY key, location
                """)
        let list = "[" + ids.map { String($0.rawValue) }.joined(separator: ",") + "]"
        var records: [ImageRecord] = []
        var lastKey: Int?
        let rows = try Row.fetchCursor(select, arguments: [list])
        while let row = try rows.next() {
            let source: String? = try row.optional(at: 9)
            let key: Int = try row.value(at: 10)
            if let source, key == lastKey, let last = records.last {
                // One more place of the same picture.
                records[records.count - 1] = ImageRecord(
                    id: last.id, sources: last.sources + [source], facts: last.facts, attributes: last.attributes,
                    tile: last.tile)
            } else {
                let isTile = source?.hasPrefix(TileLocation.scheme) ?? false
                let tile = isTile ? try tile(of: row.value(at: 0), db) : nil
                records.append(try record(row, sources: source.map { [$0] } ?? [], tile: tile))
            }
            lastKey = key
        }
        return records
    }

    /// The picture with these bytes.
    package func image(_ hash: ContentHash) throws(CatalogError) -> ImageID? {
        try read { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM image WHERE hash = ?"), arguments: [hash.data])
        }
        .map(ImageID.init(rawValue:))
    }

    /// What the bytes of a picture are named by.
    package func hash(of id: ImageID) throws(CatalogError) -> ContentHash? {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT hash FROM image WHERE id = ?")
            guard let row = try Row.fetchOne(select, arguments: [id.rawValue]) else { return nil }
            return try Self.hash(row)
        }
    }

    /// The pictures that have a source of a scheme, those that wait in `lost` included, by the hash of their bytes.
    package func uploads(scheme: String) throws(CatalogError) -> [ContentHash: ImageID] {
        // The colon that ends a scheme comes right before the semicolon.
        let bounds: StatementArguments = [scheme, scheme.dropLast() + ";"]
        return try read { db in
            var joins = ["image JOIN source ON image = id"]
            if try Self.hasTable("lost", db) { joins.append("lost JOIN lost_source ON lost = id") }
            let rows = try joins.flatMap { join in
                try Row.fetchAll(
                    db, sql: "SELECT DISTINCT hash, id FROM \(join) WHERE location > ? AND location < ?",
                    arguments: bounds)
            }
            return try Dictionary(
                rows.map { (try Self.hash($0), ImageID(rawValue: try $0.value("id"))) }, uniquingKeysWith: { $1 })
        }
    }

    private static func hash(_ row: Row) throws -> ContentHash {
        let bytes: Data = try row.value("hash")
        guard let hash = ContentHash(bytes: Array(bytes)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the hash of a picture is no SHA-256")
        }
        return hash
    }

    package func count() throws(CatalogError) -> Int {
        try readOne { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM image") ?? 0 }
    }

    private static func record(_ row: Row, sources: [String], tile: Tile?) throws -> ImageRecord {
        var position: PictureFacts.Position?
        if let latitude: Double = try row.optional(at: 5), let longitude: Double = try row.optional(at: 6) {
            position = PictureFacts.Position(latitude: latitude, longitude: longitude)
        }
        let facts = PictureFacts(
            format: try row.value(at: 1), width: try row.value(at: 2), height: try row.value(at: 3),
            captured: try row.optional(at: 4), position: position, camera: try row.optional(at: 7))
        return ImageRecord(
            id: ImageID(rawValue: try row.value(at: 0)), sources: sources, facts: facts,
            attributes: try decode(attributes: row.value(at: 8)), tile: tile)
    }
}

extension ContentHash {
    var data: Data { Data(bytes) }
}
