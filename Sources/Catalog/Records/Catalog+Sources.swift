import GRDB
package import SosiaCore

extension Catalog {
    /// - Returns: for each location its source with the stamp it had when it was read, nil where unknown.
    package func sources(at locations: [SourceLocation]) throws(StoreError) -> [ImageSource?] {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT * FROM source WHERE location = ?")
            return try locations.map { location in
                try Row.fetchOne(select, arguments: [location.text(on: home)]).map { row in
                    ImageSource(location: location, stamp: try Self.stamp(row))
                }
            }
        }
    }

    /// The files at and below a path, those of lost pictures, too, in the order of their bytes, a page at a time.
    package func locations(
        below path: String, on machine: MachineName, after location: SourceLocation?, limit: Int
    ) throws(StoreError) -> [SourceLocation] {
        func text(_ path: String) -> String { SourceLocation.file(path: path, machine: machine).text(on: home) }
        // All texts that begin with "path/" lie between it and "path0", the next text after the slash.
        let stem = path == "/" ? "" : path
        let bounds = "(location = :path OR (location > :first AND location < :last)) AND location > :after"
        return try read { db in
            let hasLost = try Self.hasTable("lost_source", db)
            let lost = hasLost ? "UNION SELECT location FROM lost_source WHERE \(bounds)" : ""
            return try String.fetchAll(
                db, sql: "SELECT location FROM source WHERE \(bounds) \(lost) ORDER BY location LIMIT :limit",
                arguments: [
                    "path": text(path), "first": text(stem + "/"), "last": text(stem + "0"),
                    "after": location?.text(on: home) ?? "", "limit": limit,
                ]
            ).map(self.location)
        }
    }

    /// Reads a row of `source`; catalogs that were written earlier have the first two columns of a stamp only.
    private static func stamp(_ row: Row) throws -> ImageSource.Stamp? {
        guard let size: Int64 = try row.optional(at: 2), let modified: Int64 = try row.optional(at: 3) else {
            return nil
        }
        guard row.count > 6 else { return ImageSource.Stamp(size: size, modified: modified) }
        let inode: Int64? = try row.optional(at: 5)
        let device: Int64? = try row.optional(at: 6)
        return ImageSource.Stamp(
            size: size, modified: modified, changed: try row.optional(at: 4),
            inode: inode.map(UInt64.init(bitPattern:)), device: device.map(UInt64.init(bitPattern:)))
    }
}
