import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// Containers with the number of their tiles, ordered by number.
    /// - Parameter kind: nil for all kinds.
    package func containers(
        _ kind: TileContainer.Kind?, after id: Int64?, limit: Int
    ) throws(StoreError) -> [CountedContainer] {
        try read { db in
            // A reader may meet a catalog that no writer has migrated yet.
            guard try Self.hasTable("container", db) else { return [] }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT *, \(isContainerWhole) AS whole,
                        (SELECT count(*) FROM tile WHERE container = container.id) AS tiles FROM container
                    WHERE (:kind IS NULL OR kind = :kind) AND id > :id ORDER BY id LIMIT :limit
                    """,
                arguments: ["kind": kind?.rawValue, "id": id ?? 0, "limit": limit])
            return try rows.map { CountedContainer(container: try container($0), tiles: try $0.value("tiles")) }
        }
    }

    /// The container at a path.
    package func container(at path: String, on machine: MachineName) throws(StoreError) -> TileContainer? {
        try read { db in
            guard try Self.hasTable("container", db) else { return nil }
            let text = SourceLocation.file(path: path, machine: machine).text(on: home)
            return try Row.fetchOne(db, sql: select + " WHERE path = ?", arguments: [text]).map(container)
        }
    }

    /// The container with a number.
    package func container(_ id: Int64) throws(StoreError) -> TileContainer? {
        try read { db in
            guard try Self.hasTable("container", db) else { return nil }
            return try container(id, db)
        }
    }

    /// - Returns: nil if there is no such container.
    func container(_ id: Int64, _ db: Database) throws -> TileContainer? {
        try Row.fetchOne(db.cachedStatement(sql: select + " WHERE id = ?"), arguments: [id]).map(container)
    }

    static func containerDamage(_ path: String) -> String {
        "what it says of the file \(path) is not what was written; adding that file again mends it"
    }

    /// The tiles of a container, ordered by window.
    package func tiles(
        of container: Int64, after window: PixelWindow?, limit: Int
    ) throws(StoreError) -> [LedgerTile] {
        try read { db in
            guard try Self.hasTable("tile", db) else { return [] }
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT x, y, tile.width, tile.height,
                            source.size IS container.size AND source.modified IS container.modified
                        FROM tile JOIN container ON container.id = container JOIN source USING (image)
                        WHERE container = ? AND (y, x, tile.width, tile.height) > (?, ?, ?, ?)
                        ORDER BY y, x, tile.width, tile.height LIMIT ?
                        """),
                arguments: [
                    container, window?.y ?? Int.min, window?.x ?? 0, window?.width ?? 0, window?.height ?? 0, limit,
                ])
            return try rows.map { row in
                LedgerTile(
                    window: PixelWindow(
                        x: try row.value(at: 0), y: try row.value(at: 1), width: try row.value(at: 2),
                        height: try row.value(at: 3)), isCurrent: try row.value(at: 4))
            }
        }
    }

    /// Registers a file before its tiles are added. It is incomplete until ``finish(container:isComplete:forgetting:)``.
    ///
    /// Where the rule for empty tiles has changed, tiles lose their stamps, so that each is examined again.
    /// - Returns: the number of the container, which never changes.
    package func begin(_ file: ContainerFile) throws -> Int64 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(file.facts), as: UTF8.self)
        let path = SourceLocation.file(path: file.path, machine: file.machine).text(on: home)
        return try write { db in
            let row = try Row.fetchOne(db, sql: select + " WHERE path = ?", arguments: [path])
            let known: Int64? = try row?.value("id")
            if let known, let row {
                // If that is damaged, by what rule its tiles were cut cannot be told any more.
                let isSameRule = (try? container(row)).map { $0.facts.tiling.dropsAs(file.facts.tiling) }
                if isSameRule != true { try Self.dropStamps(ofTilesIn: known, db) }
            }
            try db.execute(
                sql: """
                    INSERT INTO container (path, kind, size, modified, complete, facts) VALUES (?, ?, ?, ?, 0, ?)
                    ON CONFLICT (path) DO UPDATE SET kind = excluded.kind, size = excluded.size,
                        modified = excluded.modified, complete = 0, facts = excluded.facts
                    """, arguments: [path, file.kind.rawValue, file.stamp.size, file.stamp.modified, text])
            let id =
                try known ?? Int64.fetchOne(
                    db, sql: "SELECT id FROM container WHERE path = ?", arguments: [path]) ?? 0
            try Self.seal(container: id, db)
            return id
        }
    }

    /// Records that a file has moved. That it is the same file is a guess, so its tiles lose their stamps and are examined
    /// again.
    package func move(container: Int64, to path: String, on machine: MachineName) throws {
        let text = SourceLocation.file(path: path, machine: machine).text(on: home)
        try write { db in
            try Self.changing(container: container, db) {
                try db.execute(sql: "UPDATE container SET path = ? WHERE id = ?", arguments: [text, container])
            }
            try Self.dropStamps(ofTilesIn: container, db)
        }
    }

    private static func dropStamps(ofTilesIn container: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE source SET size = NULL, modified = NULL,
                    checksum = sosia_checksum(location, image, NULL, NULL, changed, inode, device)
                WHERE image IN (SELECT image FROM tile WHERE container = ?)
                """, arguments: [container])
    }

    /// Ends the adding of a file and removes the tiles that it no longer has.
    /// - Parameter isComplete: whether every window was examined.
    /// - Returns: how many pictures were removed.
    package func finish(container: Int64, isComplete: Bool, forgetting windows: [PixelWindow]) throws -> Int {
        try write { db in
            var gone: [Int64] = []
            let select = try db.makeStatement(
                sql: "SELECT image FROM tile WHERE container = ? AND x = ? AND y = ? AND width = ? AND height = ?")
            for window in windows {
                let arguments: StatementArguments = [container, window.x, window.y, window.width, window.height]
                if let id = try Int64.fetchOne(select, arguments: arguments) { gone.append(id) }
            }
            if !gone.isEmpty {
                let revision = try Self.nextRevision(db)
                for id in gone { _ = try Self.remove(id, db, revision: revision) }
            }
            try Self.changing(container: container, db) {
                try db.execute(
                    sql: "UPDATE container SET complete = ? WHERE id = ?", arguments: [isComplete, container])
            }
            return gone.count
        }
    }

    /// Removes containers with all their tiles, including lost ones.
    /// - Returns: how many pictures were removed.
    package func forget(containers ids: [Int64]) throws -> Int {
        try write { db in
            let revision = try Self.nextRevision(db)
            var removed = 0
            for id in ids {
                try db.execute(
                    sql: "INSERT INTO vacant SELECT slot, ? FROM image JOIN tile ON image = id WHERE container = ?",
                    arguments: [revision, id])
                try db.execute(
                    sql: "DELETE FROM image WHERE id IN (SELECT image FROM tile WHERE container = ?)",
                    arguments: [id])
                removed += db.changesCount
                // In ASCII the zero follows the slash, which ends the number.
                try db.execute(
                    sql: """
                        DELETE FROM lost WHERE id IN
                            (SELECT lost FROM lost_source WHERE location > :first AND location < :last)
                        """,
                    arguments: ["first": "\(TileLocation.scheme)\(id)/", "last": "\(TileLocation.scheme)\(id)0"])
                removed += db.changesCount
                try db.execute(sql: "DELETE FROM container WHERE id = ?", arguments: [id])
            }
            return removed
        }
    }

    /// Whether the row is what was written comes with it.
    private var select: String { "SELECT *, \(isContainerWhole) AS whole FROM container" }

    private var isContainerWhole: String { hasChecksums ? "container.checksum = \(ChecksumSQL.container)" : "1" }

    /// - Parameter row: of ``select``.
    func container(_ row: Row) throws -> TileContainer {
        guard try row.value("whole") else {
            let file: String = try row.value("path")
            throw StoreError.damaged(path: path, reason: Self.containerDamage(file))
        }
        let text: String = try row.value("facts")
        guard let kind = TileContainer.Kind(rawValue: try row.value("kind")),
            let facts = try? JSONDecoder().decode(TileContainer.Facts.self, from: Data(text.utf8)),
            case .file(let path, let machine) = try location(row.value("path"))
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "what is known of a container is garbled") }
        return TileContainer(
            id: try row.value("id"), path: path, machine: machine, kind: kind,
            stamp: ImageSource.Stamp(size: try row.value("size"), modified: try row.value("modified")),
            isComplete: try row.value("complete"), facts: facts)
    }
}
