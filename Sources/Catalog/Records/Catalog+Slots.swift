import GRDB
package import SosiaCore

/// What happened to the rows of the vector file since a revision.
package struct SlotChanges: Sendable {
    package let state: CatalogState
    package let named: [(slot: Int, id: Int64)]
    package let vacated: [Int]
}

/// A named row, as `verify` and compaction see it.
package struct NamedRow: Sendable, Hashable {
    package let id: ImageID
    package let slot: Int
    package let checksum: UInt32
}

extension Catalog {
    /// - Parameter revision: what the caller has seen; below zero for everything.
    /// - Returns: nil before the collection is created.
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

    /// Where the vector of a picture lies in the present generation.
    package func slot(of id: ImageID) throws(StoreError) -> Int? {
        try readOne { db in
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT slot FROM image WHERE id = ?"), arguments: [id.rawValue])
        }
    }

    /// Pictures in the order of their ids, a page at a time, and the generation that the catalog is at.
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

    /// All named rows in the order of their ids.
    package func namedRows() throws(StoreError) -> [NamedRow] {
        try read { db in try Self.namedRows(db) }
    }

    /// The state and the rows of one and the same commit.
    /// - Returns: nil before the collection is created.
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

    /// Moves to the next generation of the vector file, in which the rows lie in the order of their ids from 0 on.
    /// - Parameters:
    ///   - rows: what ``namedRows()`` gave when that file was written.
    ///   - lost: named rows that the file does not have; their pictures wait to be added again.
    package func adopt(generation: Int64, rows: [NamedRow], losing lost: [NamedRow] = []) throws {
        try write { db in
            let revision = try Self.nextRevision(db)
            for row in lost { try Self.lose(row.id.rawValue, db) }
            // Two steps, because slots are unique at every moment.
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

    /// What must hold between slots: each row of the file is named once or vacant.
    /// - Returns: what is wrong; empty when nothing is.
    package func slotProblems() throws(StoreError) -> [String] {
        try read { db in
            guard let state = try Self.state(db, path: path) else { return [] }
            var problems: [String] = []
            let outside = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM image WHERE slot < 0 OR slot >= ?", arguments: [state.rows])
            if let outside, outside > 0 { problems.append("\(outside) pictures name rows that do not exist") }
            let both = try Int.fetchOne(db, sql: "SELECT count(*) FROM image JOIN vacant USING (slot)")
            if let both, both > 0 { problems.append("\(both) rows are named and vacant at once") }
            let named = try Int.fetchOne(db, sql: "SELECT (SELECT count(*) FROM image) + (SELECT count(*) FROM vacant)")
            if let named, named != state.rows {
                problems.append("\(named) rows are named or vacant, \(state.rows) were written")
            }
            return problems
        }
    }

    /// SQLite's own check of the whole file (`PRAGMA integrity_check`, foreign keys).
    /// - Returns: what is wrong; empty when nothing is.
    package func problems() throws(StoreError) -> [String] {
        try read { db in
            var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
            if orphans > 0 { problems.append("\(orphans) sources of pictures that do not exist") }
            let unseen = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM image WHERE id NOT IN (SELECT image FROM source)")
            if let unseen, unseen > 0 { problems.append("\(unseen) pictures without a source") }
            let garbled = try Int.fetchOne(db, sql: "SELECT count(*) FROM image WHERE NOT json_valid(attributes)")
            if let garbled, garbled > 0 { problems.append("the attributes of \(garbled) pictures are not JSON") }
            return problems
        }
    }
}
