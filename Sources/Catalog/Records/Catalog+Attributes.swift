import Foundation
import GRDB
package import SosiaCore

extension Catalog {
    /// Sets attributes of pictures by source, leaving the others as they are.
    /// - Returns: how many pictures changed.
    package func merge(_ attributes: [(location: String, attributes: Attributes)]) throws -> Int {
        try write { db in
            var changed = 0
            for (location, values) in attributes {
                let select = try db.cachedStatement(sql: "SELECT image FROM source WHERE location = ?")
                guard let id = try Int64.fetchOne(select, arguments: [location]) else { continue }
                if try Self.merge(values, into: id, db) { changed += 1 }
            }
            return changed
        }
    }

    static func merge(_ attributes: Attributes, into id: Int64, _ db: Database) throws -> Bool {
        if attributes.isEmpty { return false }
        let select = try db.cachedStatement(sql: "SELECT attributes FROM image WHERE id = ?")
        guard let text = try String.fetchOne(select, arguments: [id]) else { return false }
        let old = try decode(attributes: text)
        let new = old.merging(attributes) { _, new in new }
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
