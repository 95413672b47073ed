import GRDB
package import SosiaCore

extension Catalog {
    /// Checks that each row of the file either belongs to exactly one picture or is vacant.
    /// - Returns: the problems found.
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

    /// SQLite's own checks of the whole file (`PRAGMA integrity_check`, foreign keys).
    /// - Returns: the problems found.
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
            guard hasChecksums else { return problems }
            if try !Self.isDescriptionWhole(db) { problems.append(Self.descriptionDamage) }
            if try Self.hasTable("setting", db), try !Self.areSettingsWhole(db) { problems.append(Self.settingsDamage) }
            let files = "SELECT path FROM container WHERE checksum IS NOT \(ChecksumSQL.container)"
            problems += try String.fetchAll(db, sql: files).map(Self.containerDamage)
            let lost = "SELECT id FROM lost WHERE checksum IS NOT \(ChecksumSQL.lost)"
            problems += try Int64.fetchAll(db, sql: lost).map {
                "what it says of the lost picture \($0) is not what was written"
            }
            return problems
        }
    }

    /// Holds a page of records against their checksums.
    /// - Returns: the last picture of the page, nil at the end; and those of its records that are not what was written.
    package func damagedRecords(
        after id: ImageID?, limit: Int
    ) throws(StoreError) -> (last: ImageID?, damaged: [ImageID]) {
        let select = "SELECT id, record IS \(ChecksumSQL.record) FROM image WHERE id > ? ORDER BY id LIMIT ?"
        let (last, damaged) = try unequal(select, [id?.rawValue ?? 0, limit], as: Int64.self)
        return (last.map(ImageID.init(rawValue:)), damaged.map(ImageID.init(rawValue:)))
    }

    /// Holds a page of sources, in the order of their locations, against their checksums.
    /// - Returns: the last location of the page, nil at the end; and those that are not what was written.
    package func damagedSources(
        after location: String?, limit: Int
    ) throws(StoreError) -> (last: String?, damaged: [String]) {
        let select = """
            SELECT location, checksum IS \(ChecksumSQL.source) FROM source
            WHERE location > ? ORDER BY location LIMIT ?
            """
        return try unequal(select, [location ?? "", limit], as: String.self)
    }

    private func unequal<Key: DatabaseValueConvertible>(
        _ sql: String, _ arguments: StatementArguments, as kind: Key.Type
    ) throws(StoreError) -> (last: Key?, damaged: [Key]) {
        try read { db in
            var (last, damaged): (Key?, [Key]) = (nil, [])
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
            while let row = try rows.next() {
                let key: Key = try row.value(at: 0)
                last = key
                if try !row.value(at: 1) { damaged.append(key) }
            }
            return (last, damaged)
        }
    }

    /// The bytes of a file's header.
    package static let headerBytes = 100

    /// Looks at the fields of the file's header that SQLite passes over or takes for granted, but that no release of this
    /// program has written otherwise (https://sqlite.org/fileformat2.html, section 1.3).
    /// - Parameter header: the first ``headerBytes`` of the file.
    package static func headerProblems(_ header: [UInt8]) -> [String] {
        /// Versions, reserved space and fractions; schema format; suggested cache; vacuuming; text encoding; what
        /// applications may set, and what must be zero.
        let fixed: [(offset: Int, bytes: [UInt8])] = [
            (18, [1, 1, 0, 64, 32, 32]), (44, [0, 0, 0, 4]), (48, [UInt8](repeating: 0, count: 8)), (56, [0, 0, 0, 1]),
            (60, [UInt8](repeating: 0, count: 32)),
        ]
        let isWhole = header.count == headerBytes && fixed.allSatisfy { header[$0.offset...].starts(with: $0.bytes) }
        return isWhole ? [] : ["the header of the catalog's file is not what was written"]
    }
}
