import GRDB
package import SosiaCore

extension Catalog {
    /// Changes a picture's attributes by a JSON Merge Patch.
    /// - Returns: the updated record; nil if there is no such picture.
    package func update(_ id: ImageID, attributes patch: Attributes) throws -> ImageRecord? {
        try write { db in
            // A damaged record is refused before it is changed.
            guard try !records([id], db).records.isEmpty else { return nil }
            if try Self.change(id.rawValue, db, { $0.patched(with: patch) }) { try Self.seal(image: id.rawValue, db) }
            return try records([id], db).records.first
        }
    }

    static func merge(_ attributes: Attributes, into id: Int64, _ db: Database) throws -> Bool {
        if attributes.isEmpty { return false }
        return try change(id, db) { $0.merging(attributes) { _, new in new } }
    }

    /// - Returns: whether anything changed.
    private static func change(_ id: Int64, _ db: Database, _ body: (Attributes) -> Attributes) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT attributes FROM image WHERE id = ?")
        guard let text = try String.fetchOne(select, arguments: [id]) else { return false }
        let json = String(decoding: try body(decode(attributes: text)).json, as: UTF8.self)
        // Byte by byte: texts that Swift takes for equal (canonical equivalence) are two values.
        if json.utf8.elementsEqual(text.utf8) { return false }
        try Attributes.check(bytes: json.utf8.count, before: text.utf8.count, of: ImageID(rawValue: id))
        try db.cachedStatement(sql: "UPDATE image SET attributes = ? WHERE id = ?").execute(arguments: [json, id])
        return true
    }

    static func decode(attributes text: String) throws -> Attributes {
        if text == "{}" { return [:] }
        guard case .object(let members)? = try? JSONTree(parsing: text, limits: .stored).node else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the attributes of a picture are not JSON")
        }
        return Attributes(members)
    }
}

extension Catalog {
    /// All attributes in use, ordered by name in byte order.
    package func attributeSummaries() throws(StoreError) -> [AttributeSummary] {
        try read { db in
            let facts = FactColumn.allCases.map { fact -> SQL in
                """
                SELECT \(fact.rawValue), typeof(\(fact.sql)), \(fact.sql) FROM image
                WHERE \(fact.sql) IS NOT NULL AND json_type(attributes, \("$." + fact.rawValue)) IS NULL
                """
            }
            let request: SQLRequest<Row> = """
                WITH attribute(name, kind, value) AS (
                    SELECT key, type, atom FROM image, json_each(attributes) WHERE type <> 'null'
                    UNION ALL \(facts.joined(separator: " UNION ALL "))
                )
                SELECT name, CASE WHEN kind IN ('integer', 'real') THEN 'number' ELSE kind END, value, count(*)
                FROM attribute GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                """
            var summaries: [AttributeSummary] = []
            var gathered: GatheredAttribute?
            let rows = try request.fetchCursor(db)
            while summaries.count < AttributeSummary.maximumNames, let row = try rows.next() {
                let name: String = try row.value(at: 0)
                if gathered?.name.utf8.elementsEqual(name.utf8) != true {
                    if let gathered { summaries.append(gathered.summary) }
                    gathered = GatheredAttribute(name: name)
                }
                try gathered?.gather(kind: row.value(at: 1), row[2], pictures: row.value(at: 3))
            }
            if let gathered, summaries.count < AttributeSummary.maximumNames { summaries.append(gathered.summary) }
            return summaries
        }
    }
}

/// Collects the values of one attribute.
private struct GatheredAttribute {
    let name: String
    private var kinds: Set<AttributeSummary.Kind> = []
    private var pictures = 0
    private var values: [JSONValue]? = []

    init(name: String) {
        self.name = name
    }

    var summary: AttributeSummary {
        AttributeSummary(
            name: name, kinds: AttributeSummary.Kind.allCases.filter(kinds.contains), pictures: pictures,
            values: values)
    }

    /// - Parameter kind: a type name of `json_type`, or `number` for both of its number types.
    mutating func gather(kind: String, _ stored: DatabaseValue, pictures: Int) throws {
        self.pictures += pictures
        let value: JSONValue?
        switch (kind, stored.storage) {
        case ("true", _), ("false", _):
            kinds.insert(.bool)
            value = .bool(kind == "true")
        case ("text", .string(let text)):
            kinds.insert(.string)
            value = .string(text)
        case (_, .int64(let number)):
            kinds.insert(.number)
            value = .integer(number)
        case (_, .double(let number)):
            kinds.insert(.number)
            value = .number(number)
        default:
            kinds.insert(kind == "array" ? .list : .object)
            value = nil
        }
        guard let value, let known = values, known.count < AttributeSummary.maximumValues else {
            values = nil
            return
        }
        values = known + [value]
    }
}
