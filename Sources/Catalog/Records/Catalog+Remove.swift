import GRDB
package import SosiaCore

extension Catalog {
    /// Removes pictures with all their sources.
    /// - Returns: how many of the pictures existed.
    package func remove(_ ids: [ImageID]) throws -> Int {
        try write { db in
            let revision = try Self.nextRevision(db)
            var removed = 0
            for id in ids {
                let isLost = try Self.forgetLost(id.rawValue, db)
                try Self.reopenContainer(of: id.rawValue, db)
                if try Self.remove(id.rawValue, db, revision: revision) || isLost { removed += 1 }
            }
            return removed
        }
    }

    /// Removes sources, and pictures that have no other source.
    /// - Returns: how many pictures were removed.
    package func forget(_ locations: [SourceLocation]) throws -> Int {
        try write { db in
            let revision = try Self.nextRevision(db)
            var removed = 0
            for location in locations.map({ $0.text(on: home) }) {
                if try Self.forgetLost(at: location, db) { removed += 1 }
                let select = try db.cachedStatement(sql: "SELECT image FROM source WHERE location = ?")
                guard let id = try Int64.fetchOne(select, arguments: [location]) else { continue }
                try Self.changing(image: id, db) {
                    try db.cachedStatement(sql: "DELETE FROM source WHERE location = ?").execute(arguments: [location])
                    if try Self.removeIfUnseen(id, db, revision: revision) { removed += 1 }
                }
            }
            return removed
        }
    }

    @discardableResult
    static func removeIfUnseen(_ id: Int64, _ db: Database, revision: Int64) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM source WHERE image = ?)")
        if try Bool.fetchOne(select, arguments: [id]) == true { return false }
        return try remove(id, db, revision: revision)
    }

    static func vacate(slotOf id: Int64, _ db: Database, revision: Int64) throws {
        try db.cachedStatement(sql: "INSERT INTO vacant SELECT slot, ? FROM image WHERE id = ?")
            .execute(arguments: [revision, id])
    }

    static func remove(_ id: Int64, _ db: Database, revision: Int64) throws -> Bool {
        try vacate(slotOf: id, db, revision: revision)
        try db.cachedStatement(sql: "DELETE FROM image WHERE id = ?").execute(arguments: [id])
        return db.changesCount > 0
    }
}
