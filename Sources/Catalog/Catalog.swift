import GRDB
package import SosiaCore

/// The truth about a collection, in one SQLite file; its transaction is the commit point.
///
/// The rollback journal is kept (no WAL), so that a collection is one file at rest and opens from read-only media.
package final class Catalog: Sendable {
    package enum Access: Sendable {
        case read
        case write
        /// The file is made when there is none.
        case create
    }

    /// How long a connection waits for another process, seconds.
    private static let patience = 10.0

    package let path: String
    /// The machine whose files are written as plain paths.
    package let home: MachineName
    /// What makes two sources one picture.
    let identity: PictureIdentity
    private let database: DatabaseQueue

    /// Opens the file; with `.write` an older schema is migrated.
    /// - Parameter machine: the home of a new catalog, and of one that was written before locations had machines.
    /// - Throws: `StoreError`
    package init(path: String, access: Access, machine: MachineName) throws(StoreError) {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = access == .read
        configuration.busyMode = .timeout(Self.patience)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        let database = try Self.translating(path) {
            try Self.rollingBack(path) { try DatabaseQueue(path: path, configuration: configuration) }
        }
        self.database = database
        let migrator = CatalogMigrations.migrator(home: machine)
        let (known, superseded, complete, readable) = try Self.reading(database, path) { db in
            (
                try db.tableExists("grdb_migrations"), try migrator.hasBeenSuperseded(db),
                try migrator.hasCompletedMigrations(db),
                try migrator.appliedIdentifiers(db).contains(CatalogMigrations.oldestReadable)
            )
        }
        guard known || access == .create else { throw .damaged(path: path, reason: "it is not a catalog") }
        if superseded { throw .newerVersion(path: path) }
        if access == .read {
            guard readable else { throw .needsMigration(path: path) }
        } else if !complete {
            try Self.translating(path) { try migrator.migrate(database) }
        }
        let facts = try Self.reading(database, path) { db in try Self.fixedFacts(db) }
        (home, identity) = (facts.home ?? machine, facts.identity)
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.reading(database, path, body)
    }

    private static func reading<Value>(
        _ database: DatabaseQueue, _ path: String, _ body: (Database) throws -> Value
    ) throws(StoreError) -> Value {
        try translating(path) {
            try rollingBack(path) { try database.read(body) }
        }
    }

    /// One statement is a transaction by itself, and is spared the making of one.
    func readOne<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating(path) {
            try Self.rollingBack(path) { try database.unsafeRead(body) }
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try database.write(body)
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    /// Gives the space of removed rows back to the file system.
    package func vacuum() throws(StoreError) {
        try Self.translating(path) { try database.vacuum() }
    }

    /// A writer that was killed leaves a journal behind, and a connection that only reads may not roll it back: one that
    /// may write does so by reading, and `body` runs again.
    private static func rollingBack<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            var configuration = Configuration()
            configuration.busyMode = .timeout(patience)
            try DatabaseQueue(path: path, configuration: configuration).read { db in
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
            }
            return try body()
        }
    }

    private static func translating<Value>(
        _ path: String, _ body: () throws -> Value
    ) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }
}

extension StoreError {
    /// The one place where SQLite's result codes get their meaning.
    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? error.resultCode.description
        self =
            switch error.resultCode {
            case .SQLITE_FULL: .diskFull(path: path)
            case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK:
                .failed(
                    path: path,
                    reason: "a writer was killed in the middle of a change; open it once with write permission")
            case .SQLITE_READONLY: .readOnly(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, reason: reason)
            default: .failed(path: path, reason: reason)
            }
    }
}
