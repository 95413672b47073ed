import GRDB
package import SosiaCore

/// The single row that describes the collection as a whole.
package struct CatalogState: Sendable, Hashable {
    package let model: ModelIdentity
    package let identity: PictureIdentity
    /// The version of the vector file that slots refer to; compaction increments it.
    package let generation: Int64
    /// The number of commits that changed a slot.
    package let revision: Int64
    /// Rows of the vector file used since the last compaction; the next picture gets this slot.
    package let rows: Int
}

extension Catalog {
    /// - Returns: nil until ``create(_:)``.
    package func state() throws(StoreError) -> CatalogState? {
        try read { db in try Self.state(db, path: path) }
    }

    /// The revision alone, which is cheap enough to read before every search.
    package func revision() throws(StoreError) -> Int64 {
        try readOne { db in
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT revision FROM collection")) ?? 0
        }
    }

    /// A number that changes with every commit of another connection, even if it changes no slot.
    package func version() throws(StoreError) -> Int64 {
        try readOne { db in
            try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
        }
    }

    /// Writes the row that describes a new collection.
    package func create(_ description: CollectionDescription) throws {
        let model = description.model
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO collection (only, model, weights_sha256, precision, pooling, dimension, metric,
                        generation, revision, rows, machine, identity)
                    VALUES (1, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?)
                    """,
                arguments: [
                    model.name, model.weightsSHA256, model.precision.rawValue, model.descriptor.text,
                    model.dimension, model.metric.rawValue, description.machine.description,
                    description.identity.rawValue,
                ])
        }
    }

    /// What the collection remembers for whoever adds to it.
    package func settings() throws(StoreError) -> Attributes {
        try read { db in
            guard try Self.hasTable("setting", db) else { return [:] }
            if try !Self.areSettingsWhole(db) { throw StoreError.damaged(path: path, reason: Self.settingsDamage) }
            let text = try String.fetchOne(db, sql: "SELECT settings FROM setting")
            return try text.map(Self.decode(attributes:)) ?? [:]
        }
    }

    package func remember(_ settings: Attributes) throws {
        try write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO setting VALUES (1, ?1, sosia_checksum(?1))",
                arguments: [String(decoding: settings.json, as: UTF8.self)])
        }
    }

    static let settingsDamage =
        "what is passed over when it is added to is not what was written; `sosia verify --repair` forgets it"

    static func areSettingsWhole(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT checksum IS sosia_checksum(settings) FROM setting") ?? true
    }

    /// What was fixed when the collection was created. Catalogs of releases without a choice do not say.
    static func fixedFacts(_ db: Database) throws -> FixedFacts {
        guard try hasTable("collection", db), let row = try Row.fetchOne(db, sql: "SELECT * FROM collection") else {
            return FixedFacts()
        }
        return try FixedFacts(row)
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
            throw StoreError.damaged(path: path, reason: "the collection's description has an unknown value")
        }
        let model = ModelIdentity(
            name: try row.value("model"), weightsSHA256: try row.value("weights_sha256"), precision: precision,
            descriptor: descriptor, dimension: dimension, metric: metric)
        return CatalogState(
            model: model, identity: try FixedFacts(row).identity, generation: try row.value("generation"),
            revision: try row.value("revision"), rows: rows)
    }

    /// Whether the schema has a table. GRDB caches the schema, but another process may migrate the catalog while this one
    /// reads it.
    static func hasTable(_ name: String, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)")
        return try Bool.fetchOne(select, arguments: [name]) ?? false
    }

    /// Increments the revision for the commit in progress.
    static func nextRevision(_ db: Database) throws -> Int64 {
        try db.execute(sql: "UPDATE collection SET revision = revision + 1")
        return try Int64.fetchOne(db, sql: "SELECT revision FROM collection") ?? 0
    }
}

/// What was decided when a collection was made. Catalogs of earlier releases say nothing of it.
struct FixedFacts {
    var home: MachineName?
    var identity = PictureIdentity.content
    /// Whether sources have whole stamps: not before a writer of this release has opened the catalog.
    var hasWholeStamps = false

    init() {}

    /// - Parameter row: of `collection`.
    init(_ row: Row) throws {
        guard row.hasColumn("identity") else { return }
        let name: String? = try row.optional("machine")
        guard let identity = PictureIdentity(rawValue: try row.value("identity")) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "what a picture is is not known")
        }
        (home, self.identity, hasWholeStamps) = (name.flatMap { MachineName($0) }, identity, true)
    }
}
