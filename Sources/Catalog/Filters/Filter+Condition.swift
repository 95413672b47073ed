import GRDB
import SosiaCore

extension Filter {
    /// Makes a statement with the filter as a condition on `image`, and what the condition calls known for its length.
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
