import GRDB
package import SosiaCore

extension Catalog {
    /// - Returns: nil before ``create(model:)``.
    package func state() throws(CatalogError) -> CatalogState? {
        try read { db in try Self.state(db, path: path) }
    }

    /// Only the number that changes with every commit; cheap enough to ask before every search.
    package func revision() throws(CatalogError) -> Int64 {
        try readOne { db in
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT revision FROM collection")) ?? 0
        }
    }

    /// A number that is another one after every commit of another connection, those that change no slot included.
    package func version() throws(CatalogError) -> Int64 {
        try readOne { db in
            try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
        }
    }

    /// Writes the collection's one row, once.
    package func create(model: ModelIdentity) throws {
        try write { db in
            try db.execute(
                sql: "INSERT INTO collection VALUES (1, ?, ?, ?, ?, ?, ?, 0, 0, 0)",
                arguments: [
                    model.name, model.weightsSHA256, model.precision.rawValue, model.descriptor.text,
                    model.dimension, model.metric.rawValue,
                ])
        }
    }

    static func state(_ db: Database, path: String) throws -> CatalogState? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM collection") else { return nil }
        let dimension: Int = try row.value("dimension")
        let rows: Int = try row.value("rows")
        guard
            let precision = Precision(rawValue: try row.value("precision")),
            let descriptor = Descriptor(text: try row.value("pooling")),
            let metric = Metric(rawValue: try row.value("metric")),
            dimension > 0, rows >= 0
        else {
            throw CatalogError.damaged(path: path, reason: "the collection's description has an unknown value")
        }
        let model = ModelIdentity(
            name: try row.value("model"), weightsSHA256: try row.value("weights_sha256"), precision: precision,
            descriptor: descriptor, dimension: dimension, metric: metric)
        return CatalogState(
            model: model, generation: try row.value("generation"), revision: try row.value("revision"), rows: rows)
    }

    /// Whether the schema has a table. GRDB remembers the schema that a connection has met, but another process may migrate
    /// the catalog while this one reads it.
    static func hasTable(_ name: String, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)")
        return try Bool.fetchOne(select, arguments: [name]) ?? false
    }

    /// Counts the commit that is being made.
    static func nextRevision(_ db: Database) throws -> Int64 {
        try db.execute(sql: "UPDATE collection SET revision = revision + 1")
        return try Int64.fetchOne(db, sql: "SELECT revision FROM collection") ?? 0
    }
}
