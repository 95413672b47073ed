import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// - Returns: the records of those ids that exist, in the order asked for.
    package func records(_ ids: [ImageID]) throws(CatalogError) -> [ImageRecord] {
        try read { db in
            let hasTiles = try Self.hasTiles(db)
            return try ids.compactMap { id in try Self.record(id, db, hasTiles: hasTiles) }
        }
    }

    /// - Parameter hasTiles: what ``hasTiles(_:)`` says.
    static func record(_ id: ImageID, _ db: Database, hasTiles: Bool) throws -> ImageRecord? {
        let select = try db.cachedStatement(sql: "SELECT * FROM image WHERE id = ?")
        guard let row = try Row.fetchOne(select, arguments: [id.rawValue]) else { return nil }
        let sources = try String.fetchAll(
            db.cachedStatement(sql: "SELECT location FROM source WHERE image = ? ORDER BY location"),
            arguments: [id.rawValue])
        return try record(row, sources: sources, tile: hasTiles ? tile(of: id, db) : nil)
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
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM image") ?? 0 }
    }

    private static func record(_ row: Row, sources: [String], tile: Tile?) throws -> ImageRecord {
        var position: PictureFacts.Position?
        if let latitude: Double = try row.optional("latitude"), let longitude: Double = try row.optional("longitude") {
            position = PictureFacts.Position(latitude: latitude, longitude: longitude)
        }
        let facts = PictureFacts(
            format: try row.value("format"), width: try row.value("width"), height: try row.value("height"),
            captured: try row.optional("captured"), position: position, camera: try row.optional("camera"))
        return ImageRecord(
            id: ImageID(rawValue: try row.value("id")), sources: sources, facts: facts,
            attributes: try decode(attributes: row.value("attributes")), tile: tile)
    }
}

extension ContentHash {
    var data: Data { Data(bytes) }
}
