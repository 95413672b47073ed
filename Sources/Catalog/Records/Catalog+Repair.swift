import GRDB
package import SosiaCore

/// A picture whose record is not what was written, with what the catalog tells of its places.
package struct DamagedRecord: Sendable {
    package let id: ImageID
    /// As the table has them, and as the table's index had them, which keeps them a second time.
    let places: [[String]]
}

extension Catalog {
    /// Writes the sources anew where table and index do not agree, and looks for damaged records.
    ///
    /// Other indexes that do not agree with their tables stay as they are, as long as nothing proves which of the two is
    /// right; but by which commit something came does not matter once nobody reads.
    package func beginRepair() throws -> [DamagedRecord] {
        var told: [Int64: [String]] = [:]
        if try !problems().isEmpty {
            try write { db in
                told = (try? Self.placesOnlyInIndex(db)) ?? [:]
                // A table whose order is broken is read from its beginning to its end, and neither searched nor changed.
                let schema = "SELECT sql FROM sqlite_schema WHERE name = ?"
                let table = try String.fetchOne(db, sql: schema, arguments: ["source"]) ?? ""
                let index = try String.fetchOne(db, sql: schema, arguments: ["source_image"]) ?? ""
                try db.execute(
                    sql: """
                        CREATE TEMP TABLE saved AS SELECT * FROM source NOT INDEXED;
                        DROP TABLE source;
                        \(table);
                        INSERT OR IGNORE INTO source SELECT * FROM saved WHERE image IN (SELECT id FROM image);
                        DROP TABLE saved;
                        \(index);
                        REINDEX image_revision; REINDEX vacant_revision;
                        """)
                let stamps = "size = NULL, modified = NULL, changed = NULL, inode = NULL, device = NULL"
                let whole = "checksum IS \(ChecksumSQL.source)"
                // What has no stamp is read when it is added next.
                try db.execute(sql: "UPDATE source SET \(stamps), checksum = 0 WHERE NOT (\(whole))")
                try db.execute(sql: "UPDATE source SET checksum = \(ChecksumSQL.source) WHERE checksum = 0")
                try db.execute(sql: "DELETE FROM setting WHERE checksum IS NOT sosia_checksum(settings)")
            }
        }
        var (damaged, last): ([DamagedRecord], ImageID?) = ([], nil)
        repeat {
            let page = try damagedRecords(after: last, limit: 1_000)
            damaged += try page.damaged.map { id in
                let present = try read { db in
                    try String.fetchAll(
                        db, sql: "SELECT location FROM source WHERE image = ? ORDER BY location",
                        arguments: [id.rawValue])
                }
                return DamagedRecord(id: id, places: [present, told[id.rawValue] ?? []])
            }
            last = page.last
        } while last != nil
        return damaged
    }

    /// The places of the pictures of which the index says what the table does not, or the other way round.
    private static func placesOnlyInIndex(_ db: Database) throws -> [Int64: [String]] {
        let index = "FROM source INDEXED BY source_image"
        // A column that the index lacks, or SQLite would read the index in place of the table.
        let table = "FROM source NOT INDEXED WHERE checksum IS NOT NULL"
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT image, location \(index) WHERE image IN (
                    SELECT image FROM (SELECT image, location \(index) EXCEPT SELECT image, location \(table))
                    UNION
                    SELECT image FROM (SELECT image, location \(table) EXCEPT SELECT image, location \(index)))
                ORDER BY image, location
                """)
        var places: [Int64: [String]] = [:]
        for row in rows { places[try row.value(at: 0), default: []].append(try row.value(at: 1)) }
        return places
    }

    /// Tries the facts and the places that may be the right ones against the checksum of the record. Where none fits, it
    /// gets the facts that were read, keeps everything else as it was found, and counts as whole again.
    package func mend(_ record: DamagedRecord, reading facts: PictureFacts?) throws -> RecordRepair.Outcome {
        try write { db in
            let id = record.id.rawValue
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM image WHERE id = ?", arguments: [id]) else {
                return .unproven
            }
            let sources = try Row.fetchAll(db, sql: "SELECT * FROM source WHERE image = ?", arguments: [id])
            for places in record.places where !places.isEmpty {
                try Self.place(id, at: places, knowing: sources, db)
                if try Self.isWhole(image: id, db) { return .mended }
                guard let facts else { continue }
                try Self.write(facts, of: id, db)
                if try Self.isWhole(image: id, db) { return .mended }
                try Self.restore(row, of: id, db)
            }
            let isKnown: (String) -> Bool = { SourceLocation($0, on: self.home) != nil }
            if let places = record.places.first(where: { !$0.isEmpty && $0.allSatisfy(isKnown) }) {
                try Self.place(id, at: places, knowing: sources, db)
            }
            try db.execute(
                sql: """
                    UPDATE image SET attributes = '{}'
                    WHERE id = ? AND NOT (json_valid(attributes) AND json_type(attributes) = 'object')
                    """, arguments: [id])
            if let facts { try Self.write(facts, of: id, db) }
            try Self.seal(image: id, db)
            return facts == nil ? .unproven : .factsRead
        }
    }

    /// Takes the stamps from what the table said; a place that it did not know is read again.
    private static func place(_ id: Int64, at places: [String], knowing sources: [Row], _ db: Database) throws {
        try db.execute(sql: "DELETE FROM source WHERE image = ?", arguments: [id])
        for place in places {
            try db.execute(
                sql: "INSERT OR REPLACE INTO source (location, image) VALUES (?, ?)", arguments: [place, id])
            for source in sources where try source.value("location") == place {
                try db.execute(
                    sql: """
                        UPDATE source SET size = ?, modified = ?, changed = ?, inode = ?, device = ?
                        WHERE location = ?
                        """,
                    arguments: [
                        source["size"], source["modified"], source["changed"], source["inode"], source["device"], place,
                    ])
            }
        }
        try db.execute(sql: "UPDATE source SET checksum = \(ChecksumSQL.source) WHERE image = ?", arguments: [id])
    }

    private static let factColumns = FactColumn.allCases.map(\.rawValue)

    private static func restore(_ row: Row, of id: Int64, _ db: Database) throws {
        let values = factColumns.map { row[$0] as DatabaseValue }
        try write(values, of: id, db)
    }

    private static func write(_ facts: PictureFacts, of id: Int64, _ db: Database) throws {
        let position = facts.position
        let values: [DatabaseValue] = [
            facts.format.databaseValue, facts.width.databaseValue, facts.height.databaseValue,
            facts.captured?.databaseValue ?? .null, position?.latitude.databaseValue ?? .null,
            position?.longitude.databaseValue ?? .null, facts.camera?.databaseValue ?? .null,
        ]
        try write(values, of: id, db)
    }

    /// - Parameter values: in the order of ``FactColumn``.
    private static func write(_ values: [DatabaseValue], of id: Int64, _ db: Database) throws {
        let columns = factColumns.map { "\($0) = ?" }.joined(separator: ", ")
        try db.execute(
            sql: "UPDATE image SET \(columns) WHERE id = ?", arguments: StatementArguments(values) + [id])
    }
}
