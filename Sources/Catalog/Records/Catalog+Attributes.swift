import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// SQLite's longest text.
    package static let maximumAttributeBytes = 1_000_000_000

    /// Changes the attributes of a picture by a JSON Merge Patch.
    /// - Returns: the record as it is now; nil when there is no such picture.
    package func update(_ id: ImageID, attributes patch: Attributes) throws -> ImageRecord? {
        try write { db in
            _ = try Self.change(id.rawValue, db) { $0.patched(with: patch) }
            return try records([id], db).first
        }
    }

    static func merge(_ attributes: Attributes, into id: Int64, _ db: Database) throws -> Bool {
        if attributes.isEmpty { return false }
        return try change(id, db) { $0.merging(attributes) { _, new in new } }
    }

    /// - Returns: whether anything changed.
    private static func change(_ id: Int64, _ db: Database, _ body: (Attributes) -> Attributes) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT attributes FROM image WHERE id = ?")
        guard let text = try String.fetchOne(select, arguments: [id]) else { return false }
        let old = try decode(attributes: text)
        let new = body(old)
        if new == old { return false }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(new), as: UTF8.self)
        try db.cachedStatement(sql: "UPDATE image SET attributes = ? WHERE id = ?").execute(arguments: [json, id])
        return true
    }

    static func decode(attributes text: String) throws -> Attributes {
        if text == "{}" { return [:] }
        do {
            return try JSONDecoder().decode(Attributes.self, from: Data(text.utf8))
        } catch {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the attributes of a picture are not JSON")
        }
    }
}
