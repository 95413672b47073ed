import GRDB
package import SosiaCore

/// A picture together with the checksum of its row in the vector file.
package struct CatalogEntry: Sendable {
    package let draft: ImageDraft
    package let checksum: UInt32

    package init(draft: ImageDraft, checksum: UInt32) {
        self.draft = draft
        self.checksum = checksum
    }
}

extension Catalog {
    /// Names a batch in one transaction.
    /// - Parameter append: writes the rows of the named entries (positions in `entries`) from the given slot on and
    ///   makes them durable; called once, before the commit. When it throws, nothing is named.
    /// - Returns: one id an entry, in order.
    package func upsert(
        _ entries: [CatalogEntry], append: (_ positions: [Int], _ firstSlot: Int) throws -> Void
    ) throws -> [ImageID] {
        try write { db in
            guard let state = try Self.state(db, path: path) else {
                throw CatalogError.damaged(path: path, reason: "the collection has no description")
            }
            var batch = UpsertBatch(db: db, firstSlot: state.rows, revision: try Self.nextRevision(db))
            let ids = try entries.indices.map { try batch.upsert(entries[$0], position: $0) }
            if !batch.appended.isEmpty {
                try append(batch.appended, state.rows)
                try db.execute(
                    sql: "UPDATE collection SET rows = ?", arguments: [state.rows + batch.appended.count])
            }
            return ids
        }
    }
}

/// The rules by which a file becomes a picture, applied to one draft after the other.
private struct UpsertBatch {
    let db: Database
    let firstSlot: Int
    let revision: Int64
    /// The entries that get a row, in slot order.
    var appended: [Int] = []

    mutating func upsert(_ entry: CatalogEntry, position: Int) throws -> ImageID {
        let draft = entry.draft
        let previous = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT image FROM source WHERE location = ?"),
            arguments: [draft.source.location])
        let known = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM image WHERE hash = ?"), arguments: [draft.hash.data])

        let id: Int64
        if let known {
            id = known
        } else if let previous, try sourceCount(of: previous) == 1 {
            id = try replace(previous, with: entry, position: position)
        } else {
            id = try insert(entry, position: position)
        }
        try merge(draft.attributes, into: id)
        try db.cachedStatement(
            sql: """
                INSERT INTO source VALUES (?, ?, ?, ?)
                ON CONFLICT (location) DO UPDATE SET image = excluded.image, size = excluded.size,
                    modified = excluded.modified
                """
        ).execute(arguments: [draft.source.location, id, draft.source.stamp?.size, draft.source.stamp?.modified])
        if let previous, previous != id {
            try Catalog.removeIfUnseen(previous, db, revision: revision)
        }
        return ImageID(rawValue: id)
    }

    private mutating func takeSlot(for position: Int) -> Int {
        appended.append(position)
        return firstSlot + appended.count - 1
    }

    private mutating func insert(_ entry: CatalogEntry, position: Int) throws -> Int64 {
        let slot = takeSlot(for: position)
        let facts = entry.draft.facts
        try db.cachedStatement(
            sql: """
                INSERT INTO image (hash, slot, checksum, format, width, height, captured, latitude, longitude,
                    camera, attributes, revision)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '{}', ?)
                """
        ).execute(arguments: [
            entry.draft.hash.data, slot, Int64(entry.checksum), facts.format, facts.width, facts.height,
            facts.captured, facts.position?.latitude, facts.position?.longitude, facts.camera, revision,
        ])
        return db.lastInsertedRowID
    }

    /// A changed file: same picture, new row; the old row is vacant from now on.
    private mutating func replace(_ id: Int64, with entry: CatalogEntry, position: Int) throws -> Int64 {
        try Catalog.vacate(slotOf: id, db, revision: revision)
        let slot = takeSlot(for: position)
        let facts = entry.draft.facts
        try db.cachedStatement(
            sql: """
                UPDATE image SET hash = ?, slot = ?, checksum = ?, format = ?, width = ?, height = ?, captured = ?,
                    latitude = ?, longitude = ?, camera = ?, revision = ?
                WHERE id = ?
                """
        ).execute(arguments: [
            entry.draft.hash.data, slot, Int64(entry.checksum), facts.format, facts.width, facts.height,
            facts.captured, facts.position?.latitude, facts.position?.longitude, facts.camera, revision, id,
        ])
        return id
    }

    private func sourceCount(of id: Int64) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM source WHERE image = ?"), arguments: [id]) ?? 0
    }

    private func merge(_ attributes: Attributes, into id: Int64) throws {
        _ = try Catalog.merge(attributes, into: id, db)
    }
}
