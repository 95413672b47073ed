import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// - Returns: the records of those ids that exist, in the order asked for.
    package func records(_ ids: [ImageID]) throws(CatalogError) -> [ImageRecord] {
        try read { db in
            try ids.compactMap { id in try Self.record(id, db) }
        }
    }

    static func record(_ id: ImageID, _ db: Database) throws -> ImageRecord? {
        let select = try db.cachedStatement(sql: "SELECT * FROM image WHERE id = ?")
        guard let row = try Row.fetchOne(select, arguments: [id.rawValue]) else { return nil }
        let sources = try String.fetchAll(
            db.cachedStatement(sql: "SELECT location FROM source WHERE image = ? ORDER BY location"),
            arguments: [id.rawValue])
        return try record(row, sources: sources)
    }

    /// The picture with these bytes.
    package func image(_ hash: ContentHash) throws(CatalogError) -> ImageID? {
        try read { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM image WHERE hash = ?"), arguments: [hash.data])
        }
        .map(ImageID.init(rawValue:))
    }

    package func count() throws(CatalogError) -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM image") ?? 0 }
    }

    private static func record(_ row: Row, sources: [String]) throws -> ImageRecord {
        var position: PictureFacts.Position?
        if let latitude: Double = try row.optional("latitude"), let longitude: Double = try row.optional("longitude") {
            position = PictureFacts.Position(latitude: latitude, longitude: longitude)
        }
        let facts = PictureFacts(
            format: try row.value("format"), width: try row.value("width"), height: try row.value("height"),
            captured: try row.optional("captured"), position: position, camera: try row.optional("camera"))
        return ImageRecord(
            id: ImageID(rawValue: try row.value("id")), sources: sources, facts: facts,
            attributes: try decode(attributes: row.value("attributes")))
    }
}

extension ContentHash {
    var data: Data { Data(bytes) }
}
