import GRDB

/// The truth about a collection, in one SQLite file; its transaction is the commit point.
///
/// The rollback journal is kept (no WAL), so that a collection is one file at rest and opens from read-only media.
package final class Catalog: Sendable {
    package enum Access: Sendable {
        case read
        case write
    }

    /// How long a connection waits for another process, seconds.
    private static let patience = 10.0

    package let path: String
    private let database: DatabaseQueue

    /// Opens the file; with `.write` it is created and migrated where needed.
    /// - Throws: ``CatalogError``
    package init(path: String, access: Access) throws(CatalogError) {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = access == .read
        configuration.busyMode = .timeout(Self.patience)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        database = try Self.translating(path) {
            try DatabaseQueue(path: path, configuration: configuration)
        }
        let migrator = CatalogMigrations.migrator
        let (superseded, complete) = try read { db in
            (try migrator.hasBeenSuperseded(db), try migrator.hasCompletedMigrations(db))
        }
        if superseded { throw .newerVersion(path: path) }
        if !complete {
            guard access == .write else { throw .needsMigration(path: path) }
            try Self.translating(path) { try migrator.migrate(database) }
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(CatalogError) -> Value {
        try Self.translating(path) { try database.read(body) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try database.write(body)
        } catch let error as DatabaseError {
            throw CatalogError(error, path: path)
        }
    }

    /// Gives the space of removed rows back to the file system.
    package func vacuum() throws(CatalogError) {
        try Self.translating(path) { try database.vacuum() }
    }

    private static func translating<Value>(
        _ path: String, _ body: () throws -> Value
    ) throws(CatalogError) -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw CatalogError(error, path: path)
        } catch let error as CatalogError {
            throw error
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }
}
