import Crypto
import Foundation
import GRDB
package import SosiaCore

/// Where the vector of a new row comes from.
package enum RowOrigin: Sendable, Hashable {
    /// An entry, by its index in the unit.
    case entry(Int)
    /// Another row, which is copied.
    case slot(Int)
}

/// A unit to commit, with the checksums of its vectors.
package struct CatalogUnit: Sendable {
    package let unit: IngestUnit
    /// One for the row of each entry; ignored for entries without content.
    package let checksums: [UInt32]

    package init(_ unit: IngestUnit, checksums: [UInt32]) {
        self.unit = unit
        self.checksums = checksums
    }
}

extension Catalog {
    /// Commits a unit in one transaction.
    ///
    /// Entries without content are applied first, so that a picture that moved keeps its id even if its old location now
    /// has another one.
    /// - Parameter append: writes rows from the given slot on and makes them durable; called at most once, before the
    ///   commit. If it throws, nothing is committed.
    /// - Returns: one outcome per entry, in order.
    package func commit(
        _ unit: CatalogUnit, append: (_ rows: [RowOrigin], _ firstSlot: Int) throws -> Void
    ) throws -> [IngestOutcome] {
        let entries = unit.unit.entries
        return try write { db in
            guard let state = try Self.state(db, path: path) else {
                throw StoreError.damaged(path: path, reason: "the collection has no description")
            }
            var outcomes = [IngestOutcome](repeating: .unknown, count: entries.count)
            if !entries.isEmpty {
                var writing = UnitWriting(
                    db: db, home: home, identity: state.identity, firstSlot: state.rows,
                    revision: try Self.nextRevision(db),
                    isAnyLost: try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM lost)") ?? false)
                if state.identity == .file { try writing.look(at: entries) }
                for isKnown in [true, false] {
                    for (position, entry) in entries.enumerated() where (entry.content == nil) == isKnown {
                        outcomes[position] = try writing.enter(
                            entry, position: position, checksum: unit.checksums[position])
                    }
                }
                for id in writing.unseen { try Self.removeIfUnseen(id, db, revision: writing.revision) }
                for (id, isWhole) in writing.touched where isWhole { try Self.seal(image: id, db) }
                if !writing.appended.isEmpty {
                    try append(writing.appended, state.rows)
                    try db.execute(
                        sql: "UPDATE collection SET rows = ?", arguments: [state.rows + writing.appended.count])
                }
            }
            for (location, attributes) in unit.unit.attributes {
                let select = try db.cachedStatement(sql: "SELECT image FROM source WHERE location = ?")
                guard let id = try Int64.fetchOne(select, arguments: [location.text(on: home)]) else { continue }
                _ = try Self.changing(image: id, db) { try Self.merge(attributes, into: id, db) }
            }
            return outcomes
        }
    }
}

/// Applies the rules by which a source becomes a picture to one entry after another.
private struct UnitWriting {
    let db: Database
    let home: MachineName
    let identity: PictureIdentity
    let firstSlot: Int
    let revision: Int64
    /// Whether there are lost pictures waiting for their files.
    let isAnyLost: Bool
    /// The origins of the new rows, in slot order.
    var appended: [RowOrigin] = []
    /// Pictures that lost a source. They are examined after all entries, since a later one may give them a new source.
    var unseen: Set<Int64> = []
    /// Pictures whose records change, and whether they were what was written before.
    var touched: [Int64: Bool] = [:]

    /// If each file is a picture: whose the locations were that are gone, and what known bytes are, both before the unit
    /// changes it.
    var owners: [SourceLocation: Int64] = [:]
    var before: [ContentHash: Content] = [:]

    /// The contents of a picture.
    struct Content {
        let facts: PictureFacts
        let checksum: UInt32
        let origin: RowOrigin
        let tile: Tile?
    }

    mutating func look(at entries: [IngestEntry]) throws {
        let owner = try db.cachedStatement(sql: "SELECT image FROM source WHERE location = ?")
        for location in entries.lazy.flatMap(\.gone) where owners[location] == nil {
            owners[location] = try Int64.fetchOne(owner, arguments: [location.text(on: home)])
        }
        let equal = try db.cachedStatement(
            sql: """
                SELECT id, format, width, height, captured, latitude, longitude, camera, slot, checksum FROM image
                WHERE content = ? ORDER BY id LIMIT 1
                """)
        for entry in entries where entry.content == nil && before[entry.hash] == nil {
            guard let row = try Row.fetchOne(equal, arguments: [entry.hash.data]) else { continue }
            let checksum: Int64 = try row.value(at: 9)
            before[entry.hash] = Content(
                facts: try Catalog.facts(RowValues(row)), checksum: UInt32(truncatingIfNeeded: checksum),
                origin: .slot(try row.value(at: 8)), tile: nil)
        }
    }

    mutating func enter(_ entry: IngestEntry, position: Int, checksum: UInt32) throws -> IngestOutcome {
        let location = entry.source.location.text(on: home)
        let previous = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT image FROM source WHERE location = ?"), arguments: [location])
        let gone = entry.gone.map { $0.text(on: home) }
        let known = try known(entry, previous: previous, gone: gone)
        for id in [previous, known].compactMap({ $0 }) where touched[id] == nil {
            touched[id] = try Catalog.isWhole(image: id, db)
        }
        let id: Int64
        if let known {
            id = known
        } else if let content = content(of: entry, position: position, checksum: checksum) {
            if isAnyLost, let lost = try lost(entry.hash, at: [location] + gone) {
                id = try insert(entry.hash, content, restoring: lost)
            } else if let previous, try sourceCount(of: previous) == 1 {
                id = try replace(previous, entry.hash, content)
            } else {
                let lost = isAnyLost ? try Catalog.lost(at: location, db) : nil
                id = try insert(entry.hash, content, restoring: lost)
            }
        } else {
            return .unknown
        }
        _ = try Catalog.merge(entry.attributes, into: id, db)
        try point(location, entry.source.stamp, to: id)
        // Byte by byte: a name with another Unicode normalisation is another location.
        for other in gone where !other.utf8.elementsEqual(location.utf8) {
            try db.cachedStatement(sql: "DELETE FROM source WHERE location = ? AND image = ?")
                .execute(arguments: [other, id])
        }
        if let previous, previous != id { unseen.insert(previous) }
        return outcome(ImageID(rawValue: id), previous: previous, wasKnown: known != nil, moved: !entry.gone.isEmpty)
    }

    private func outcome(_ id: ImageID, previous: Int64?, wasKnown: Bool, moved: Bool) -> IngestOutcome {
        switch (previous, wasKnown) {
        case (id.rawValue, true): .touched(id)
        case (.some, _): .changed(id)
        case (nil, false): .added(id)
        case (nil, true): moved ? .moved(id) : .duplicate(id)
        }
    }

    /// The picture that an entry shows already. If each file is a picture: the one at this location, or one at a location
    /// that is gone and that no other entry has claimed.
    private func known(_ entry: IngestEntry, previous: Int64?, gone: [String]) throws -> Int64? {
        switch identity {
        case .content:
            return try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM image WHERE hash = ?"), arguments: [entry.hash.data])
        case .file:
            let equal = try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM image WHERE content = ?"), arguments: [entry.hash.data])
            if let previous, equal.contains(previous) { return previous }
            let select = try db.cachedStatement(sql: "SELECT location FROM source WHERE image = ?")
            return try Set(entry.gone.compactMap { owners[$0] }).intersection(equal).sorted().first { id in
                try String.fetchAll(select, arguments: [id]).allSatisfy { place in
                    gone.contains { $0.utf8.elementsEqual(place.utf8) }
                }
            }
        }
    }

    /// Equal bytes are embedded once: if each file is a picture, an entry without content takes the vector of a picture
    /// that had its bytes before the unit.
    /// - Returns: nil for an entry without content if no picture had its bytes.
    private func content(of entry: IngestEntry, position: Int, checksum: UInt32) -> Content? {
        guard let content = entry.content else { return before[entry.hash] }
        return Content(facts: content.facts, checksum: checksum, origin: .entry(position), tile: content.tile)
    }

    /// The lost picture that is back by its bytes; if each file is a picture, also by one of its locations.
    private func lost(_ hash: ContentHash, at locations: [String]) throws -> Int64? {
        switch identity {
        case .content:
            return try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM lost WHERE hash = ?"), arguments: [hash.data])
        case .file:
            let select = try db.cachedStatement(
                sql: "SELECT id FROM lost JOIN lost_source ON lost = id WHERE content = ? AND location = ?")
            for location in locations {
                if let id = try Int64.fetchOne(select, arguments: [hash.data, location]) { return id }
            }
            return nil
        }
    }

    private func point(_ location: String, _ stamp: ImageSource.Stamp?, to id: Int64) throws {
        if isAnyLost {
            try db.cachedStatement(sql: "DELETE FROM lost_source WHERE location = ?").execute(arguments: [location])
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO source (location, image, size, modified, changed, inode, device, checksum)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, sosia_checksum(?1, ?2, ?3, ?4, ?5, ?6, ?7))
                ON CONFLICT (location) DO UPDATE SET image = excluded.image, size = excluded.size,
                    modified = excluded.modified, changed = excluded.changed, inode = excluded.inode,
                    device = excluded.device, checksum = excluded.checksum
                """
        ).execute(
            arguments: [
                location, id, stamp?.size, stamp?.modified, stamp?.changed,
                stamp?.inode.map(Int64.init(bitPattern:)), stamp?.device.map(Int64.init(bitPattern:)),
            ])
    }

    private mutating func takeSlot(for content: Content) -> Int {
        appended.append(content.origin)
        return firstSlot + appended.count - 1
    }

    /// The values of `image.hash` and `image.content`.
    private func keys(_ hash: ContentHash) -> (hash: Data, content: Data?) {
        guard identity == .file else { return (hash.data, nil) }
        // A unique key for every row ever written.
        var key = SHA256()
        key.update(data: Data("sosia file 1\0".utf8) + hash.data)
        for number in [revision, Int64(firstSlot + appended.count)] {
            key.update(data: Data((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }))
        }
        return (Data(key.finalize()), hash.data)
    }

    /// - Parameter lost: the lost picture that returns with its id and attributes; nil for a new picture.
    private mutating func insert(_ hash: ContentHash, _ content: Content, restoring lost: Int64?) throws -> Int64 {
        let isWhole = try lost.map { try Catalog.isWhole(lost: $0, db) } ?? true
        let attributes = try lost.map { try Catalog.restore($0, db) } ?? "{}"
        try db.cachedStatement(
            sql: """
                INSERT INTO image (hash, content, slot, checksum, format, width, height, captured, latitude, longitude,
                    camera, revision, attributes, id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: columns(hash, content) + [attributes, lost])
        let id = db.lastInsertedRowID
        touched[id] = isWhole
        if let tile = content.tile { try Catalog.write(tile, of: id, db) }
        return id
    }

    /// Gives the picture of a changed file a new row; the old row becomes vacant.
    private mutating func replace(_ id: Int64, _ hash: ContentHash, _ content: Content) throws -> Int64 {
        try Catalog.vacate(slotOf: id, db, revision: revision)
        try db.cachedStatement(
            sql: """
                UPDATE image SET hash = ?, content = ?, slot = ?, checksum = ?, format = ?, width = ?, height = ?,
                    captured = ?, latitude = ?, longitude = ?, camera = ?, revision = ?
                WHERE id = ?
                """
        ).execute(arguments: columns(hash, content) + [id])
        if let tile = content.tile { try Catalog.write(tile, of: id, db) }
        return id
    }

    private mutating func columns(_ hash: ContentHash, _ content: Content) -> StatementArguments {
        let (facts, keys) = (content.facts, keys(hash))
        return [
            keys.hash, keys.content, takeSlot(for: content), Int64(content.checksum), facts.format, facts.width,
            facts.height, facts.captured, facts.position?.latitude, facts.position?.longitude, facts.camera, revision,
        ]
    }

    private func sourceCount(of id: Int64) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM source WHERE image = ?"), arguments: [id]) ?? 0
    }
}
