import GRDB
package import SosiaCore

extension Catalog {
    /// The newest pictures before one, newest first.
    /// - Parameters:
    ///   - id: the last of the page before; nil for the first page.
    ///   - limit: at most so many.
    package func records(before id: ImageID?, limit: Int) throws(CatalogError) -> [ImageRecord] {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT id FROM image WHERE id < ? ORDER BY id DESC LIMIT ?")
            let ids = try Int64.fetchAll(select, arguments: [id?.rawValue ?? .max, limit])
            let hasTiles = try Self.hasTiles(db)
            return try ids.compactMap { try Self.record(ImageID(rawValue: $0), db, hasTiles: hasTiles) }
        }
    }
}
