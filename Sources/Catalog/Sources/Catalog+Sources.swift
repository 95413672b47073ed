import GRDB
package import SosiaCore

extension Catalog {
    /// - Returns: for each location its source with the stamp it had when it was read, nil where unknown.
    package func sources(_ locations: [String]) throws(CatalogError) -> [ImageSource?] {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT size, modified FROM source WHERE location = ?")
            return try locations.map { location in
                try Row.fetchOne(select, arguments: [location]).map { row in
                    ImageSource(location: location, stamp: try Self.stamp(row))
                }
            }
        }
    }

    /// Where a picture was seen.
    package func sources(of id: ImageID) throws(CatalogError) -> [String] {
        try read { db in
            try String.fetchAll(
                db.cachedStatement(sql: "SELECT location FROM source WHERE image = ? ORDER BY location"),
                arguments: [id.rawValue])
        }
    }

    /// Everything at or below a path: the file itself, or all files of the folder; those of lost pictures, too.
    package func locations(under path: String) throws(CatalogError) -> [String] {
        // All texts that begin with "path/" lie between it and "path0", the next text after the slash.
        let stem = path == "/" ? "" : path
        return try read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT location FROM source WHERE location = :path OR (location > :first AND location < :last)
                    UNION SELECT location FROM lost_source
                        WHERE location = :path OR (location > :first AND location < :last)
                    """,
                arguments: ["path": path, "first": stem + "/", "last": stem + "0"])
        }
    }

    private static func stamp(_ row: Row) throws -> ImageSource.Stamp? {
        guard let size: Int64 = try row.optional("size"), let modified: Int64 = try row.optional("modified") else {
            return nil
        }
        return ImageSource.Stamp(size: size, modified: modified)
    }
}
