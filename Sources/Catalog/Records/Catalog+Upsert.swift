import GRDB
import SosiaCore

extension Catalog {
    /// Names a batch in one transaction.
    ///
    /// Files that only moved come first, so that a picture whose old place shows something new by now keeps its id.
    /// - Parameter append: writes the rows of the named entries (positions in `entries`) from the given slot on and
    ///   makes them durable; called at most once, before the commit. When it throws, nothing is named.
    /// - Returns: one outcome an entry, in order.
    package func upsert(
        _ entries: [CatalogEntry], append: (_ positions: [Int], _ firstSlot: Int) throws -> Void
    ) throws -> [CatalogOutcome] {
        try write { db in
            guard let state = try Self.state(db, path: path) else {
                throw CatalogError.damaged(path: path, reason: "the collection has no description")
            }
            var batch = UpsertBatch(
                db: db, firstSlot: state.rows, revision: try Self.nextRevision(db),
                isAnyLost: try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM lost)") ?? false)
            var outcomes = [CatalogOutcome](repeating: .unknown, count: entries.count)
            let positions = entries.indices
            for position in positions where entries[position].content == nil {
                outcomes[position] = try batch.upsert(entries[position], position: position)
            }
            for position in positions where entries[position].content != nil {
                outcomes[position] = try batch.upsert(entries[position], position: position)
            }
            for id in batch.unseen { try Self.removeIfUnseen(id, db, revision: batch.revision) }
            if !batch.appended.isEmpty {
                try append(batch.appended, state.rows)
                try db.execute(
                    sql: "UPDATE collection SET rows = ?", arguments: [state.rows + batch.appended.count])
            }
            return outcomes
        }
    }
}

/// The rules by which a file becomes a picture, applied to one entry after the other.
private struct UpsertBatch {
    let db: Database
    let firstSlot: Int
    let revision: Int64
    /// Whether pictures wait for their files.
    let isAnyLost: Bool
    /// The entries that get a row, in slot order.
    var appended: [Int] = []
    /// Pictures that lost a source. They are looked at when all entries are done: another one may show them again.
    var unseen: Set<Int64> = []

    mutating func upsert(_ entry: CatalogEntry, position: Int) throws -> CatalogOutcome {
        let previous = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT image FROM source WHERE location = ?"),
            arguments: [entry.source.location])
        let known = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM image WHERE hash = ?"), arguments: [entry.hash.data])

        let id: Int64
        if let known {
            id = known
        } else if let content = entry.content {
            if isAnyLost, let lost = try Catalog.lost(entry.hash, db) {
                id = try insert(entry.hash, content, position: position, restoring: lost)
            } else if let previous, try sourceCount(of: previous) == 1 {
                id = try replace(previous, entry.hash, content, position: position)
            } else {
                let lost = isAnyLost ? try Catalog.lost(at: entry.source.location, db) : nil
                id = try insert(entry.hash, content, position: position, restoring: lost)
            }
        } else {
            return .unknown
        }
        _ = try Catalog.merge(entry.attributes, into: id, db)
        try point(entry.source, to: id)
        // Byte by byte: a name that was only normalised otherwise (Unicode) is another place.
        for location in entry.gone where !location.utf8.elementsEqual(entry.source.location.utf8) {
            try db.cachedStatement(sql: "DELETE FROM source WHERE location = ? AND image = ?")
                .execute(arguments: [location, id])
        }
        if let previous, previous != id { unseen.insert(previous) }
        return outcome(ImageID(rawValue: id), previous: previous, wasKnown: known != nil, moved: !entry.gone.isEmpty)
    }

    private func outcome(_ id: ImageID, previous: Int64?, wasKnown: Bool, moved: Bool) -> CatalogOutcome {
        switch (previous, wasKnown) {
        case (id.rawValue, true): .touched(id)
        case (.some, _): .changed(id)
        case (nil, false): .added(id)
        case (nil, true): moved ? .moved(id) : .duplicate(id)
        }
    }

    private func point(_ source: ImageSource, to id: Int64) throws {
        if isAnyLost {
            try db.cachedStatement(sql: "DELETE FROM lost_source WHERE location = ?")
                .execute(arguments: [source.location])
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO source VALUES (?, ?, ?, ?)
                ON CONFLICT (location) DO UPDATE SET image = excluded.image, size = excluded.size,
                    modified = excluded.modified
                """
        ).execute(arguments: [source.location, id, source.stamp?.size, source.stamp?.modified])
    }

    private mutating func takeSlot(for position: Int) -> Int {
        appended.append(position)
        return firstSlot + appended.count - 1
    }

    /// - Parameter lost: the picture that is back, under its old id and with its attributes; nil for a new one.
    private mutating func insert(
        _ hash: ContentHash, _ content: CatalogEntry.Content, position: Int, restoring lost: Int64?
    ) throws -> Int64 {
        let attributes = try lost.map { try Catalog.restore($0, db) } ?? "{}"
        try db.cachedStatement(
            sql: """
                INSERT INTO image (hash, slot, checksum, format, width, height, captured, latitude, longitude,
                    camera, revision, attributes, id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: columns(hash, content, slot: takeSlot(for: position)) + [attributes, lost])
        let id = db.lastInsertedRowID
        if let tile = content.tile { try Catalog.write(tile, of: id, db) }
        return id
    }

    /// A changed file: same picture, new row; the old row is vacant from now on.
    private mutating func replace(
        _ id: Int64, _ hash: ContentHash, _ content: CatalogEntry.Content, position: Int
    ) throws -> Int64 {
        try Catalog.vacate(slotOf: id, db, revision: revision)
        try db.cachedStatement(
            sql: """
                UPDATE image SET hash = ?, slot = ?, checksum = ?, format = ?, width = ?, height = ?, captured = ?,
                    latitude = ?, longitude = ?, camera = ?, revision = ?
                WHERE id = ?
                """
        ).execute(arguments: columns(hash, content, slot: takeSlot(for: position)) + [id])
        if let tile = content.tile { try Catalog.write(tile, of: id, db) }
        return id
    }

    private func columns(_ hash: ContentHash, _ content: CatalogEntry.Content, slot: Int) -> StatementArguments {
        let facts = content.facts
        return [
            hash.data, slot, Int64(content.checksum), facts.format, facts.width, facts.height, facts.captured,
            facts.position?.latitude, facts.position?.longitude, facts.camera, revision,
        ]
    }

    private func sourceCount(of id: Int64) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM source WHERE image = ?"), arguments: [id]) ?? 0
    }
}
