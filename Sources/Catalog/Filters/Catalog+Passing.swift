import GRDB
package import SosiaCore

/// The rows of the vector file that pass a filter, at one commit.
package struct PassingRows: Sendable {
    package let generation: Int64
    package let revision: Int64
    package let rows: RowFilter
}

extension Catalog {
    /// Evaluates a filter for every picture.
    /// - Returns: nil before the collection is created.
    package func passing(_ filter: Filter) throws(CatalogError) -> PassingRows? {
        try read { db in
            guard let state = try Self.state(db, path: path) else { return nil }
            var words = [UInt64](repeating: 0, count: (state.rows + 63) / 64)
            try filter.withCondition(db) { condition in
                let request: SQLRequest<Row> = "SELECT slot FROM image WHERE \(condition)"
                let rows = try request.fetchCursor(db)
                while let row = try rows.next() {
                    let slot: Int = try row.value(at: 0)
                    guard (0..<state.rows).contains(slot) else {
                        throw CatalogError.damaged(path: path, reason: "a picture has row \(slot) of \(state.rows)")
                    }
                    words[slot / 64] |= 1 << UInt64(slot % 64)
                }
            }
            return PassingRows(
                generation: state.generation, revision: state.revision, rows: RowFilter(words: words))
        }
    }
}
