import GRDB
package import SosiaCore

/// The ledger of a collection in one SQLite file. Its transaction is the commit point.
///
/// It uses a rollback journal, not a write-ahead log, so that it is a single file at rest and can be opened on read-only
/// media.
package final class Catalog: Sendable {
    package enum Access: Sendable {
        case read
        case write
        /// Creates the file if there is none.
        case create
    }

    static let descriptionDamage = "what it says of the collection is not what was written; put it back from a copy"
    /// A commit is the removal of the journal. With FULL it is answered before the folder is synced, and a power cut brings
    /// the journal back, which then undoes the commit.
    private static let synchronization = "PRAGMA synchronous = EXTRA"
    /// How many seconds a connection waits for another process.
    private static let patience = 10.0

    package let path: String
    /// The machine whose files are recorded as plain paths.
    package let home: MachineName
    /// What makes two sources one picture.
    let identity: PictureIdentity
    /// Of `source`, as the catalog had them when it was opened.
    let stampColumns: String
    /// Whether records had checksums when the catalog was opened; a writer of this release has given them theirs.
    package let hasChecksums: Bool
    private let database: DatabaseQueue

    /// Opens the file. Writers migrate an older schema.
    /// - Parameter machine: the home of a new catalog, or of one written before locations had machines.
    /// - Throws: `StoreError`
    package init(path: String, access: Access, machine: MachineName) throws(StoreError) {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = access == .read
        configuration.busyMode = .timeout(Self.patience)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(sql: Self.synchronization)
            db.add(function: RowDigest.function)
        }
        let database = try Self.translating(path) {
            try Self.rollingBack(path) { try DatabaseQueue(path: path, configuration: configuration) }
        }
        self.database = database
        let migrator = CatalogMigrations.migrator(home: machine)
        let (known, superseded, complete, applied) = try Self.reading(database, path) { db in
            (
                try db.tableExists("grdb_migrations"), try migrator.hasBeenSuperseded(db),
                try migrator.hasCompletedMigrations(db), try migrator.appliedIdentifiers(db)
            )
        }
        guard known || access == .create else { throw .damaged(path: path, reason: "it is not a catalog") }
        if superseded { throw .newerVersion(path: path) }
        if access == .read {
            guard applied.contains(CatalogMigrations.oldestReadable) else { throw .needsMigration(path: path) }
        } else if !complete {
            try Self.translating(path) { try migrator.migrate(database) }
        }
        let facts = try Self.reading(database, path) { db in try Self.fixedFacts(db) }
        (home, identity) = (facts.home ?? machine, facts.identity)
        hasChecksums = access != .read || applied.contains(CatalogMigrations.checksums)
        stampColumns = facts.hasWholeStamps ? "size, modified, changed, inode, device" : "size, modified"
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

    /// Reads without beginning a transaction, which a single statement does not need.
    func readOne<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating(path) {
            try Self.rollingBack(path) { try database.unsafeRead(body) }
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try database.write { db in
                guard try Self.isDescriptionWhole(db) else {
                    throw StoreError.damaged(path: path, reason: Self.descriptionDamage)
                }
                let before = db.totalChangesCount
                let value = try body(db)
                if db.totalChangesCount != before { try Self.sealDescription(db) }
                return value
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    /// Returns the space of removed rows to the file system.
    package func vacuum() throws(StoreError) {
        try Self.translating(path) { try database.vacuum() }
    }

    /// A writer that was killed leaves a journal, which a read-only connection cannot roll back. In that case this opens a
    /// writable connection, which rolls it back on its first read, and runs `body` again.
    private static func rollingBack<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            var configuration = Configuration()
            configuration.busyMode = .timeout(patience)
            configuration.prepareDatabase { db in try db.execute(sql: synchronization) }
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
    /// The only place that interprets SQLite's result codes.
    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? error.resultCode.description
        self =
            switch error.resultCode {
            case .SQLITE_FULL: .diskFull(path: path)
            case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK:
                .failed(
                    path: path,
                    reason: "a writer was killed in the middle of a change; open it once with write permission")
            case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED: .gone(path: path)
            case .SQLITE_READONLY: .readOnly(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, reason: reason)
            default: .failed(path: path, reason: reason)
            }
    }
}
