import GRDB

/// The schema, one step a version. A step that has shipped is never edited.
enum CatalogMigrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 collection, images, sources") { db in
            try db.execute(sql: version1)
        }
        return migrator
    }

    /// `image.revision` is the commit that gave the picture its slot; with `vacant.revision` it lets a reader follow
    /// another process by asking only for what is newer than what it has seen.
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
}
