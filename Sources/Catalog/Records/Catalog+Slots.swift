import GRDB
package import SosiaCore

/// The changes to the rows of the vector file since a revision.
package struct SlotChanges: Sendable {
    package let state: CatalogState
    package let named: [(slot: Int, id: Int64)]
    package let vacated: [Int]
}

/// A row that belongs to a picture, for verification and compaction.
package struct NamedRow: Sendable, Hashable {
    package let id: ImageID
    package let slot: Int
    package let checksum: UInt32
}

extension Catalog {
    /// - Parameter revision: the last one the caller has seen; negative for everything.
    /// - Returns: nil until the collection is created.
    package func slotChanges(since revision: Int64) throws(StoreError) -> SlotChanges? {
        try read { db in
            guard let state = try Self.state(db, path: path) else { return nil }
            let names = try db.cachedStatement(sql: "SELECT slot, id FROM image WHERE revision > ?")
            var named: [(slot: Int, id: Int64)] = []
            let rows = try Row.fetchCursor(names, arguments: [revision])
            while let row = try rows.next() { named.append((try row.value(at: 0), try row.value(at: 1))) }
            let vacancies = try db.cachedStatement(sql: "SELECT slot FROM vacant WHERE revision > ?")
            return SlotChanges(
                state: state, named: named, vacated: try Int.fetchAll(vacancies, arguments: [revision]))
        }
    }

    /// The row of a picture's vector in the current generation.
    package func slot(of id: ImageID) throws(StoreError) -> Int? {
        try readOne { db in
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT slot FROM image WHERE id = ?"), arguments: [id.rawValue])
        }
    }

    /// Pictures ordered by id, and the current generation.
    package func pictures(
        after id: ImageID?, limit: Int
    ) throws(StoreError) -> (generation: Int64, ids: [ImageID]) {
        try read { db in
            let generation = try Int64.fetchOne(db, sql: "SELECT generation FROM collection") ?? 0
            let select = try db.cachedStatement(sql: "SELECT id FROM image WHERE id > ? ORDER BY id LIMIT ?")
            let ids = try Int64.fetchAll(select, arguments: [id?.rawValue ?? 0, limit])
            return (generation, ids.map(ImageID.init(rawValue:)))
        }
    }

    /// All rows that belong to a picture, ordered by id.
    package func namedRows() throws(StoreError) -> [NamedRow] {
        try read { db in try Self.namedRows(db) }
    }

    /// The state and the rows as of the same commit.
    /// - Returns: nil until the collection is created.
    package func stateAndRows() throws(StoreError) -> (state: CatalogState, rows: [NamedRow])? {
        try read { db in
            guard let state = try Self.state(db, path: path) else { return nil }
            return (state, try Self.namedRows(db))
        }
    }

    private static func namedRows(_ db: Database) throws -> [NamedRow] {
        try Row.fetchAll(db, sql: "SELECT id, slot, checksum FROM image ORDER BY id").map { row in
            let checksum: Int64 = try row.value(at: 2)
            return NamedRow(
                id: ImageID(rawValue: try row.value(at: 0)), slot: try row.value(at: 1),
                checksum: UInt32(truncatingIfNeeded: checksum))
        }
    }

    /// Switches to the next generation of the vector file, whose rows are ordered by id, starting from 0.
    /// - Parameters:
    ///   - rows: ``namedRows()`` at the time that file was written.
    ///   - lost: rows that the file lacks; their pictures wait to be added again.
    package func adopt(generation: Int64, rows: [NamedRow], losing lost: [NamedRow] = []) throws {
        try write { db in
            let revision = try Self.nextRevision(db)
            for row in lost { try Self.lose(row.id.rawValue, db) }
            // In two steps, because slots must be unique at every moment.
            try db.execute(sql: "UPDATE image SET slot = -1 - slot")
            let update = try db.makeStatement(sql: "UPDATE image SET slot = ?, revision = ? WHERE id = ?")
            for (slot, row) in rows.enumerated() {
                try update.execute(arguments: [slot, revision, row.id.rawValue])
            }
            try db.execute(sql: "DELETE FROM vacant")
            try db.execute(
                sql: "UPDATE collection SET generation = ?, rows = ?", arguments: [generation, rows.count])
        }
    }
}
