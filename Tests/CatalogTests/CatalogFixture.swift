@testable import Catalog
import Foundation
import SosiaCore
import Testing

// Swift Testing has one, too.
typealias SourceLocation = SosiaCore.SourceLocation

/// A catalog in a file of its own, and the words that its tests are written in.
final class CatalogFixture {
    static let home = MachineName(nearest: "home")
    static let model = ModelIdentity(
        name: "m", weightsSHA256: "00", precision: .f32, descriptor: .init(pooling: .none), dimension: 4, metric: .l2)

    let path = FileManager.default.temporaryDirectory.path + "/catalog-\(UUID().uuidString).sqlite"
    let catalog: Catalog

    init(_ identity: PictureIdentity = .content) throws {
        let new = try Catalog(path: path, access: .create, machine: Self.home)
        try new.create(CollectionDescription(model: Self.model, identity: identity, machine: Self.home))
        catalog = try Catalog(path: path, access: .write, machine: Self.home)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func open(_ access: Catalog.Access, machine: MachineName = home) throws -> Catalog {
        try Catalog(path: path, access: access, machine: machine)
    }

    /// Runs statements as another program would.
    func sqlite(_ statements: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", path, statements]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    /// A catalog as the release before machines left it.
    func forgetMachines() throws {
        try sqlite(
            """
            DROP INDEX image_content; DROP TABLE setting;
            ALTER TABLE image DROP COLUMN record; ALTER TABLE source DROP COLUMN checksum;
            ALTER TABLE lost DROP COLUMN checksum; ALTER TABLE container DROP COLUMN checksum;
            ALTER TABLE collection DROP COLUMN checksum;
            ALTER TABLE image DROP COLUMN content; ALTER TABLE lost DROP COLUMN content;
            ALTER TABLE source DROP COLUMN changed; ALTER TABLE source DROP COLUMN inode;
            ALTER TABLE source DROP COLUMN device;
            ALTER TABLE collection DROP COLUMN machine; ALTER TABLE collection DROP COLUMN identity;
            DELETE FROM grdb_migrations WHERE identifier LIKE '4 %' OR identifier LIKE '5 %'
                OR identifier LIKE '6 %'
            """)
    }
}

extension Catalog {
    /// Commits entries whose vectors nobody looks at.
    @discardableResult
    func commit(
        _ entries: [IngestEntry], append: ([RowOrigin], Int) throws -> Void = { _, _ in }
    ) throws -> [IngestOutcome] {
        try commit(CatalogUnit(IngestUnit(entries), checksums: entries.map { _ in 0 }), append: append)
    }
}

extension SosiaCore.SourceLocation {
    static func file(_ path: String) -> SosiaCore.SourceLocation { .file(path: path, machine: CatalogFixture.home) }
}

extension IngestEntry.Content {
    init(_ facts: PictureFacts, tile: Tile? = nil) throws {
        self.init(embedding: try Embedding([1, 2, 3, 4]), facts: facts, tile: tile)
    }
}
