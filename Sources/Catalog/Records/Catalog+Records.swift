import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// - Returns: the records of the ids that exist, in the order given.
    package func records(_ ids: [ImageID]) throws(StoreError) -> [ImageRecord] {
        try readOne { db in try records(ids, db).records }
    }

    /// One statement for all of them, read by column index, because every search pays for this.
    /// - Parameter bytes: of attributes; the record that reaches them is the last.
    /// - Returns: the records, and the bytes of their attributes.
    /// - Throws: `StoreError.recordDamaged` for a record that is not what was written.
    func records(
        _ ids: [ImageID], upTo bytes: Int = .max, _ db: Database
    ) throws -> (records: [ImageRecord], attributeBytes: Int) {
        let select = try db.cachedStatement(
            sql: """
                SELECT image.id, format, width, height, captured, latitude, longitude, camera, attributes, location, key,
                    \(hasChecksums ? "record" : "0")
                FROM json_each(?) AS wanted CROSS JOIN image ON image.id = value
                    LEFT JOIN source ON source.image = image.id
                ORDER BY key, location
                """)
        let list = "[" + ids.map { String($0.rawValue) }.joined(separator: ",") + "]"
        var records: [ImageRecord] = []
        var sum = 0
        var reading = RecordReading()
        var values = RowValues()
        let rows = try Row.fetchCursor(select, arguments: [list])
        while let row = try rows.next() {
            values.read(row)
            do {
                let source: SourceLocation? = try values.optional(at: 9).map(location)
                let key: Int = try values.value(at: 10)
                if let source, key == reading.key, let last = records.last {
                    // One more source of the same picture.
                    reading.add(location: values[9])
                    records[records.count - 1] = ImageRecord(
                        id: last.id, sources: last.sources + [source], facts: last.facts, attributes: last.attributes,
                        tile: last.tile)
                } else {
                    guard sum < bytes else { break }
                    let attributes: String = try values.value(at: 8)
                    sum += attributes.utf8.count
                    try check(reading, records.last?.id)
                    try reading.begin(key: key, values)
                    let id: Int64 = try values.value(at: 0)
                    var tile: Tile?
                    if case .tile = source {
                        tile = try self.tile(of: id, db, &reading.containers, &reading.digest)
                        reading.addDigest()
                    }
                    records.append(
                        ImageRecord(
                            id: ImageID(rawValue: id), sources: source.map { [$0] } ?? [],
                            facts: try Self.facts(values), attributes: try Self.decode(attributes: attributes),
                            tile: tile))
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                throw StoreError.recordDamaged(path: path, ImageID(rawValue: try values.value(at: 0)))
            }
        }
        try check(reading, records.last?.id)
        return (records, sum)
    }

    private func check(_ reading: RecordReading, _ id: ImageID?) throws {
        guard hasChecksums, let id, reading.sum != reading.expected else { return }
        throw StoreError.recordDamaged(path: path, id)
    }

    /// Pictures, newest first.
    /// - Parameters:
    ///   - filter: nil for all pictures.
    ///   - id: the last one of the previous page; nil for the first page.
    ///   - limit: the most records of a page.
    ///   - bytes: of attributes; the record that reaches them is the page's last.
    package func records(
        passing filter: Filter? = nil, before id: ImageID?, limit: Int, bytes: Int = .max
    ) throws(StoreError) -> RecordPage {
        try read { db in
            let ids =
                if let filter {
                    try filter.withCondition(db) { condition in
                        let request: SQLRequest<Int64> = """
                            SELECT id FROM image WHERE id < \(id?.rawValue ?? .max) AND \(condition)
                            ORDER BY id DESC LIMIT \(limit)
                            """
                        return try request.fetchAll(db)
                    }
                } else {
                    try Int64.fetchAll(
                        db.cachedStatement(sql: "SELECT id FROM image WHERE id < ? ORDER BY id DESC LIMIT ?"),
                        arguments: [id?.rawValue ?? .max, limit])
                }
            let (records, attributeBytes) = try records(ids.map(ImageID.init(rawValue:)), upTo: bytes, db)
            return RecordPage(
                records, attributeBytes: attributeBytes,
                next: records.count < ids.count || ids.count == limit ? records.last?.id : nil)
        }
    }

    /// The pictures with the given bytes.
    package func known(_ hashes: [ContentHash]) throws(StoreError) -> [[PictureOrigin]] {
        try read { db in
            let column = identity == .file ? "content" : "hash"
            let select = try db.cachedStatement(sql: "SELECT * FROM image WHERE \(column) = ? ORDER BY id")
            return try hashes.map { hash in
                try Row.fetchAll(select, arguments: [hash.data]).map { try origin($0, db) }
            }
        }
    }

    /// The origins of pictures, including lost ones.
    package func origins(of ids: [ImageID]) throws(StoreError) -> [PictureOrigin?] {
        try read { db in
            try ids.map { try origin(of: $0.rawValue, db) }
        }
    }

    private func origin(of id: Int64, _ db: Database) throws -> PictureOrigin? {
        let select = try db.cachedStatement(sql: "SELECT * FROM image WHERE id = ?")
        if let row = try Row.fetchOne(select, arguments: [id]) { return try origin(row, db) }
        guard try Self.hasTable("lost", db) else { return nil }
        let lost = try db.cachedStatement(sql: "SELECT * FROM lost WHERE id = ?")
        return try Row.fetchOne(lost, arguments: [id]).map { try lostOrigin($0, db) }
    }

    /// Uploaded pictures, including lost ones, ordered by hash.
    /// - Parameter limit: the number of distinct hashes.
    package func uploads(after hash: ContentHash?, limit: Int) throws(StoreError) -> [PictureOrigin] {
        try read { db in
            // In ASCII the semicolon follows the colon, which ends a scheme.
            let isUpload = "location > 'upload:' AND location < 'upload;'"
            let column = identity == .file ? "content" : "hash"
            func select(_ table: String, _ sources: String, _ owner: String) -> String {
                "SELECT id, \(column) AS key FROM \(table) WHERE key > :after "
                    + "AND EXISTS (SELECT 1 FROM \(sources) WHERE \(owner) = id AND \(isUpload))"
            }
            var selects = [select("image", "source", "image")]
            if try Self.hasTable("lost", db) { selects.append(select("lost", "lost_source", "lost")) }
            let all = selects.joined(separator: " UNION ALL ")
            let ids = try Int64.fetchAll(
                db,
                sql: """
                    WITH upload AS (\(all)), page AS (SELECT DISTINCT key FROM upload ORDER BY key LIMIT :limit)
                    SELECT id FROM upload WHERE key IN (SELECT key FROM page) ORDER BY key, id
                    """,
                arguments: ["after": hash?.data ?? Data(), "limit": limit])
            return try ids.compactMap { id in try origin(of: id, db) }
        }
    }

    private func origin(_ row: Row, _ db: Database) throws -> PictureOrigin {
        let id: Int64 = try row.value("id")
        let locations = try String.fetchAll(
            db.cachedStatement(sql: "SELECT location FROM source WHERE image = ? ORDER BY location"), arguments: [id]
        ).map(location)
        let isTile = locations.contains { if case .tile = $0 { true } else { false } }
        return PictureOrigin(
            id: ImageID(rawValue: id), hash: try Self.contentHash(row), sources: locations,
            tile: isTile ? try tile(of: id, db) : nil)
    }

    /// The hash of a picture's bytes, which is in `content` where `hash` is only a key.
    static func contentHash(_ row: Row) throws -> ContentHash {
        let content: Data? = row.hasColumn("content") ? try row.optional("content") : nil
        guard let hash = ContentHash(bytes: Array(try content ?? row.value("hash"))) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the hash of a picture is no SHA-256")
        }
        return hash
    }

    /// Reads a location as recorded in the catalog.
    func location(_ text: String) throws -> SourceLocation {
        guard let location = SourceLocation(text, on: home) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the location of a picture is garbled")
        }
        return location
    }

    package func count() throws(StoreError) -> Int {
        try readOne { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM image") ?? 0 }
    }

    /// Reads the second to the eighth column.
    static func facts(_ row: RowValues) throws -> PictureFacts {
        var position: PictureFacts.Position?
        if let latitude: Double = try row.optional(at: 5), let longitude: Double = try row.optional(at: 6) {
            position = PictureFacts.Position(latitude: latitude, longitude: longitude)
        }
        return PictureFacts(
            format: try row.value(at: 1), width: try row.value(at: 2), height: try row.value(at: 3),
            captured: try row.optional(at: 4), position: position, camera: try row.optional(at: 7))
    }
}

extension ContentHash {
    var data: Data { Data(bytes) }
}

/// What the rows of a picture add up to while its record is read.
private struct RecordReading {
    private(set) var key: Int?
    private(set) var expected: Int64 = 0
    private(set) var sum: Int64 = 0
    var digest = RowDigest()
    var containers: [Int64: TileContainer] = [:]

    mutating func begin(key: Int, _ row: RowValues) throws {
        (self.key, expected, sum) = (key, try row.value(at: 11), 0)
        for column in 0..<9 { digest.append(row[column]) }
        addDigest()
        add(location: row[9])
    }

    mutating func add(location: DatabaseValue) {
        if location.isNull { return }
        digest.append(location)
        addDigest()
    }

    mutating func addDigest() {
        sum += digest.checksum
        digest.reset()
    }
}

extension Catalog {
    /// - Returns: for each location its source with the stamp recorded when it was read; nil for unknown locations.
    package func sources(at locations: [SourceLocation]) throws(StoreError) -> [ImageSource?] {
        try read { db in
            let select = try db.cachedStatement(sql: "SELECT \(stampColumns) FROM source WHERE location = ?")
            return try locations.map { location in
                try Row.fetchOne(select, arguments: [location.text(on: home)]).map { row in
                    ImageSource(location: location, stamp: try Self.stamp(row))
                }
            }
        }
    }

    /// The files at and below a path, including those of lost pictures, in byte order.
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

    /// Reads the columns of ``stampColumns``.
    private static func stamp(_ row: Row) throws -> ImageSource.Stamp? {
        guard let size: Int64 = try row.optional(at: 0), let modified: Int64 = try row.optional(at: 1) else {
            return nil
        }
        guard row.count > 2 else { return ImageSource.Stamp(size: size, modified: modified) }
        let inode: Int64? = try row.optional(at: 3)
        let device: Int64? = try row.optional(at: 4)
        return ImageSource.Stamp(
            size: size, modified: modified, changed: try row.optional(at: 2),
            inode: inode.map(UInt64.init(bitPattern:)), device: device.map(UInt64.init(bitPattern:)))
    }
}
