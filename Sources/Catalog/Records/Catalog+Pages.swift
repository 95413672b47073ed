import GRDB
package import SosiaCore

extension Catalog {
    /// The newest pictures before one, newest first.
    /// - Parameters:
    ///   - filter: what they have to pass.
    ///   - id: the last of the page before; nil for the first page.
    ///   - limit: at most so many.
    package func records(
        passing filter: Filter? = nil, before id: ImageID?, limit: Int
    ) throws(CatalogError) -> [ImageRecord] {
        try read { db in
            let ids =
                if let filter {
                    try filter.withCondition(db) { condition in
                        let request: SQLRequest<Int64> = """
                            SELECT id FROM image WHERE id < \(id?.rawValue ?? .max) AND \(condition)
                            ORDER BY id DESC LIMIT \(limit)
                            """
                        return try request.fetchAll(db)
                    }
                } else {
                    try Int64.fetchAll(
                        db.cachedStatement(sql: "SELECT id FROM image WHERE id < ? ORDER BY id DESC LIMIT ?"),
                        arguments: [id?.rawValue ?? .max, limit])
                }
            return try Self.records(ids.map(ImageID.init(rawValue:)), db)
        }
    }
}
