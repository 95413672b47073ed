import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// Files of one kind by their numbers, a page at a time.
    /// - Parameters:
    ///   - id: the last of the page before; nil for the first page.
    ///   - limit: at most so many.
    package func containers(
        _ kind: TileContainer.Kind, after id: Int64?, limit: Int
    ) throws(CatalogError) -> [TileContainer] {
        try read { db in
            guard try Self.hasTable("container", db) else { return [] }
            return try Row.fetchAll(
                db, sql: Self.select + " WHERE kind = ? AND id > ? ORDER BY id LIMIT ?",
                arguments: [kind.rawValue, id ?? 0, limit]
            ).map(Self.container)
        }
    }

    /// The numbers of the rasters at some paths; paths at which the collection knows none are left out.
    package func rasterNumbers(of paths: Set<String>) throws(CatalogError) -> [String: Int64] {
        try read { db in
            guard !paths.isEmpty, try Self.hasTable("container", db) else { return [:] }
            let list = String(decoding: try JSONEncoder().encode(Array(paths)), as: UTF8.self)
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT path, id FROM container
                        WHERE kind = 'raster' AND path IN (SELECT value FROM json_each(?))
                        """),
                arguments: [list])
            return try Dictionary(rows.map { (try $0.value("path"), try $0.value("id")) }) { _, last in last }
        }
    }
}
