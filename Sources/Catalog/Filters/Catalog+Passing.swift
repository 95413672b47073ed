import GRDB
package import SosiaCore

/// The rows of the vector file that pass a filter as of one commit.
package struct PassingRows: Sendable {
    package let generation: Int64
    package let revision: Int64
    package let rows: RowFilter
}

extension Catalog {
    /// Evaluates a filter for all pictures.
    /// - Returns: nil until the collection is created.
    package func passing(_ filter: Filter) throws(StoreError) -> PassingRows? {
        try read { db in
            guard let state = try Self.state(db, path: path) else { return nil }
            var words = [UInt64](repeating: 0, count: (state.rows + 63) / 64)
            try filter.withCondition(db) { condition in
                let request: SQLRequest<Row> = "SELECT slot FROM image WHERE \(condition)"
                let rows = try request.fetchCursor(db)
                while let row = try rows.next() {
                    let slot: Int = try row.value(at: 0)
                    guard (0..<state.rows).contains(slot) else {
                        throw StoreError.damaged(path: path, reason: "a picture has row \(slot) of \(state.rows)")
                    }
                    words[slot / 64] |= 1 << UInt64(slot % 64)
                }
            }
            return PassingRows(
                generation: state.generation, revision: state.revision, rows: RowFilter(words: words))
        }
    }
}

extension Filter {
    /// Runs `body` with the filter as a condition on `image`, while the function that the condition calls is registered.
    func withCondition<Result>(_ db: Database, _ body: (SQL) throws -> Result) throws -> Result {
        var areas: [GeoArea] = []
        let condition = sql(&areas)
        guard !areas.isEmpty else { return try body(condition) }
        let function = AreaFunction.over(areas)
        db.add(function: function)
        defer { db.remove(function: function) }
        return try body(condition)
    }
}

/// An SQLite function that asks `SosiaCore` whether a point lies in an area, so that both agree to the last bit.
enum AreaFunction {
    private static let name = "sosia_within"

    /// - Parameter areas: those of one statement, whose calls refer to them by index.
    static func over(_ areas: [GeoArea]) -> DatabaseFunction {
        DatabaseFunction(name, argumentCount: 3, pure: true) { values in
            guard values.count == 3, let index = Int.fromDatabaseValue(values[0]), areas.indices.contains(index),
                let latitude = Double.fromDatabaseValue(values[1]), let longitude = Double.fromDatabaseValue(values[2])
            else { return false }
            return areas[index].contains(GeoPoint(longitude: longitude, latitude: latitude))
        }
    }

    static func call(_ area: Int, latitude: SQL, longitude: SQL) -> SQL {
        "\(sql: name)(\(area), \(latitude), \(longitude))"
    }
}
