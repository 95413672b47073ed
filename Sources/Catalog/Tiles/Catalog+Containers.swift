import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// The files that pictures were cut from, by path.
    package func containers() throws(CatalogError) -> [TileContainer] {
        try read { db in
            // A reader may see a catalog that no writer has migrated yet.
            guard try Self.hasTable("container", db) else { return [] }
            return try Row.fetchAll(db, sql: Self.select + " ORDER BY path").map(Self.container)
        }
    }

    /// The file at a path.
    package func container(at path: String) throws(CatalogError) -> TileContainer? {
        try read { db in
            guard try Self.hasTable("container", db) else { return nil }
            return try Row.fetchOne(db, sql: Self.select + " WHERE path = ?", arguments: [path]).map(Self.container)
        }
    }

    /// The file of a number.
    package func container(_ id: Int64) throws(CatalogError) -> TileContainer? {
        try read { db in
            guard try Self.hasTable("container", db) else { return nil }
            return try Row.fetchOne(db, sql: Self.select + " WHERE id = ?", arguments: [id]).map(Self.container)
        }
    }

    /// The files at and below a path.
    package func containers(under path: String) throws(CatalogError) -> [TileContainer] {
        let stem = path == "/" ? "" : path
        return try containers().filter { $0.path == path || $0.path.hasPrefix(stem + "/") }
    }

    /// Names a file before its tiles come. It is incomplete until ``finish(container:isComplete:keeping:)``.
    ///
    /// Tiles that were cut by another rule lose their stamps, so that each is looked at again.
    /// - Returns: the number of the file, which it keeps.
    package func begin(
        _ path: String, kind: TileContainer.Kind, stamp: ImageSource.Stamp, facts: TileContainer.Facts
    ) throws -> Int64 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(facts), as: UTF8.self)
        return try write { db in
            let known = try Row.fetchOne(db, sql: Self.select + " WHERE path = ?", arguments: [path])
                .map(Self.container)
            let (old, new) = (known?.facts.tiling, facts.tiling)
            if let known, let old, !old.dropsAs(new) {
                try Self.dropStamps(ofTilesIn: known.id, db)
            }
            try db.execute(
                sql: """
                    INSERT INTO container (path, kind, size, modified, complete, facts) VALUES (?, ?, ?, ?, 0, ?)
                    ON CONFLICT (path) DO UPDATE SET kind = excluded.kind, size = excluded.size,
                        modified = excluded.modified, complete = 0, facts = excluded.facts
                    """, arguments: [path, kind.rawValue, stamp.size, stamp.modified, text])
            return try known?.id ?? Int64.fetchOne(
                db, sql: "SELECT id FROM container WHERE path = ?", arguments: [path]) ?? 0
        }
    }

    /// A file lies somewhere else by now. That it is the same one is a guess: its tiles lose their stamps, so that each is
    /// looked at again.
    package func move(container: Int64, to path: String) throws {
        try write { db in
            try db.execute(sql: "UPDATE container SET path = ? WHERE id = ?", arguments: [path, container])
            try Self.dropStamps(ofTilesIn: container, db)
        }
    }

    private static func dropStamps(ofTilesIn container: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE source SET size = NULL, modified = NULL
                WHERE image IN (SELECT image FROM tile WHERE container = ?)
                """, arguments: [container])
    }

    /// Pictures that were cut from each file, by the file's number; files without any are not among them.
    package func tileCounts() throws(CatalogError) -> [Int64: Int] {
        try read { db in
            guard try Self.hasTable("tile", db) else { return [:] }
            let rows = try Row.fetchAll(db, sql: "SELECT container, count(*) AS tiles FROM tile GROUP BY container")
            return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.value("container"), try $0.value("tiles")) })
        }
    }

    /// Pictures that were cut from a file.
    package func tileCount(of container: Int64) throws(CatalogError) -> Int {
        try read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM tile WHERE container = ?", arguments: [container]) ?? 0
        }
    }

    /// The sources of all tiles of a file.
    package func locations(of container: Int64) throws(CatalogError) -> [String] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT location FROM source JOIN tile USING (image) WHERE container = ?",
                arguments: [container])
        }
    }

    /// Ends the adding of a file: forgets the tiles that it does not have any more.
    /// - Parameters:
    ///   - isComplete: whether every window was looked at.
    ///   - keeping: whether a window whose tile was not cut from the file as it is stays all the same, and whether one
    ///     that was is still wanted.
    /// - Returns: how many pictures went.
    package func finish(
        container: Int64, isComplete: Bool, keeping: (_ window: PixelWindow, _ isCurrent: Bool) -> Bool
    ) throws -> Int {
        try write { db in
            let select = try db.makeStatement(
                sql: """
                    SELECT image, x, y, tile.width, tile.height,
                        source.size IS container.size AND source.modified IS container.modified
                    FROM tile JOIN container ON container.id = container JOIN source USING (image)
                    WHERE container.id = ?
                    """)
            var gone: [Int64] = []
            let rows = try Row.fetchCursor(select, arguments: [container])
            while let row = try rows.next() {
                let window = PixelWindow(
                    x: try row.value(at: 1), y: try row.value(at: 2), width: try row.value(at: 3),
                    height: try row.value(at: 4))
                if !keeping(window, try row.value(at: 5)) { gone.append(try row.value(at: 0)) }
            }
            if !gone.isEmpty {
                let revision = try Self.nextRevision(db)
                for id in gone { _ = try Self.remove(id, db, revision: revision) }
            }
            try db.execute(sql: "UPDATE container SET complete = ? WHERE id = ?", arguments: [isComplete, container])
            return gone.count
        }
    }

    /// Forgets files with all their tiles, those that wait in `lost` included.
    /// - Returns: how many pictures went.
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
                // The slash that ends the number comes right before the zero.
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

    static let select = "SELECT * FROM container"

    static func container(_ row: Row) throws -> TileContainer {
        let text: String = try row.value("facts")
        guard let kind = TileContainer.Kind(rawValue: try row.value("kind")),
            let facts = try? JSONDecoder().decode(TileContainer.Facts.self, from: Data(text.utf8))
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "what is known of a container is garbled") }
        return TileContainer(
            id: try row.value("id"), path: try row.value("path"), kind: kind,
            stamp: ImageSource.Stamp(size: try row.value("size"), modified: try row.value("modified")),
            isComplete: try row.value("complete"), facts: facts)
    }
}
