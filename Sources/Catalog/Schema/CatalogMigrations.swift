import GRDB
import SosiaCore

/// The schema, one migration per version. A migration is never edited once it has shipped.
enum CatalogMigrations {
    /// The oldest version that readers accept; later ones add only what writers need.
    static let oldestReadable = "1 collection, images, sources"
    private static let machines = "4 machines, whole stamps, what a picture is"
    static let checksums = "5 checksums of records"
    private static let settings = "6 settings"

    /// - Parameter home: the machine of the files in a catalog written before locations had machines.
    static func migrator(home: MachineName) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(oldestReadable) { db in
            try db.execute(sql: version1)
        }
        migrator.registerMigration("2 pictures that lost their vectors") { db in
            try db.execute(sql: version2)
        }
        migrator.registerMigration("3 tiles of larger pictures") { db in
            try db.execute(sql: version3)
        }
        migrator.registerMigration(machines) { db in
            try db.execute(sql: version4)
            try db.execute(sql: "UPDATE collection SET machine = ?", arguments: [home.description])
        }
        migrator.registerMigration(checksums) { db in
            try db.execute(sql: version5)
            try Catalog.sealDescription(db)
        }
        migrator.registerMigration(settings) { db in
            try db.execute(sql: version6)
            try Catalog.sealDescription(db)
        }
        return migrator
    }

    /// `image.revision` is the commit that gave the picture its slot. With `vacant.revision`, a reader can follow another
    /// process by asking only for what is newer than it has seen.
    private static let version1 = """
        CREATE TABLE collection (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            model TEXT NOT NULL,
            weights_sha256 TEXT NOT NULL,
            precision TEXT NOT NULL,
            pooling TEXT NOT NULL,
            dimension INTEGER NOT NULL,
            metric TEXT NOT NULL,
            generation INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            rows INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE image (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hash BLOB NOT NULL UNIQUE,
            slot INTEGER NOT NULL UNIQUE,
            checksum INTEGER NOT NULL,
            format TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            captured TEXT,
            latitude REAL,
            longitude REAL,
            camera TEXT,
            attributes TEXT NOT NULL,
            revision INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX image_revision ON image(revision, slot, id);
        CREATE TABLE source (
            location TEXT PRIMARY KEY,
            image INTEGER NOT NULL REFERENCES image(id) ON DELETE CASCADE,
            size INTEGER,
            modified INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX source_image ON source(image);
        CREATE TABLE vacant (
            slot INTEGER PRIMARY KEY,
            revision INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX vacant_revision ON vacant(revision);
        """

    /// A picture in `lost` waits for a file with its bytes or at its location to be added again.
    private static let version2 = """
        CREATE TABLE lost (
            id INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            attributes TEXT NOT NULL
        ) STRICT;
        CREATE TABLE lost_source (
            location TEXT PRIMARY KEY,
            lost INTEGER NOT NULL REFERENCES lost(id) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX lost_source_lost ON lost_source(lost);
        """

    /// A tile is an image with a row in `tile`. `container.complete` is 0 until every window of the file was examined; a
    /// tile whose source has the container's stamp was cut from the file's present version.
    private static let version3 = """
        CREATE TABLE container (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            complete INTEGER NOT NULL,
            facts TEXT NOT NULL
        ) STRICT;
        CREATE TABLE tile (
            image INTEGER PRIMARY KEY REFERENCES image(id) ON DELETE CASCADE,
            container INTEGER NOT NULL REFERENCES container(id),
            x INTEGER NOT NULL,
            y INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            outline TEXT
        ) STRICT;
        CREATE UNIQUE INDEX tile_window ON tile(container, y, x, width, height);
        """

    /// Locations without a scheme are files of `collection.machine`. If each source is a picture (`identity` is `file`),
    /// `content` is the hash of the bytes, and `hash` is just a unique key.
    private static let version4 = """
        ALTER TABLE collection ADD COLUMN machine TEXT;
        ALTER TABLE collection ADD COLUMN identity TEXT NOT NULL DEFAULT 'content';
        ALTER TABLE source ADD COLUMN changed INTEGER;
        ALTER TABLE source ADD COLUMN inode INTEGER;
        ALTER TABLE source ADD COLUMN device INTEGER;
        ALTER TABLE image ADD COLUMN content BLOB;
        ALTER TABLE lost ADD COLUMN content BLOB;
        CREATE INDEX image_content ON image(content) WHERE content IS NOT NULL;
        """

    /// See ``ChecksumSQL``; that of the collection covers the schema, so a later step ends with it, too.
    private static let version5 = """
        ALTER TABLE image ADD COLUMN record INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE source ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE lost ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE container ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE collection ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
        UPDATE image SET record = \(ChecksumSQL.record);
        UPDATE source SET checksum = \(ChecksumSQL.source);
        UPDATE lost SET checksum = \(ChecksumSQL.lost);
        UPDATE container SET checksum = \(ChecksumSQL.container);
        """

    /// What a collection remembers for whoever adds to it, as JSON. No row is no settings.
    private static let version6 = """
        CREATE TABLE setting (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            settings TEXT NOT NULL,
            checksum INTEGER NOT NULL
        ) STRICT;
        """
}
