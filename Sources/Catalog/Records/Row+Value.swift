import GRDB

extension Row {
    /// GRDB's own subscripts crash if a column is missing or has another type, and a damaged file can cause both.
    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let stored = self[column] as DatabaseValue?, let value = Value.fromDatabaseValue(stored) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(column) is missing or of another kind")
        }
        return value
    }

    /// By index, for statements with many rows.
    func value<Value: DatabaseValueConvertible>(at position: Int) throws -> Value {
        try Self.value(stored(at: position), position)
    }

    /// By index.
    /// - Returns: nil for NULL.
    func optional<Value: DatabaseValueConvertible>(at position: Int) throws -> Value? {
        let stored = stored(at: position)
        return stored?.isNull == true ? nil : try Self.value(stored, position)
    }

    /// Not by GRDB's generic subscript, which looks types up each time.
    /// - Returns: nil if there is no such column.
    fileprivate func stored(at position: Int) -> DatabaseValue? {
        position < count ? (self[position] as (any DatabaseValueConvertible)?)?.databaseValue ?? .null : nil
    }

    fileprivate static func value<Value: DatabaseValueConvertible>(
        _ stored: DatabaseValue?, _ position: Int
    ) throws -> Value {
        guard let stored, let value = Value.fromDatabaseValue(stored) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "column \(position) is of another kind")
        }
        return value
    }

    /// - Returns: nil for NULL.
    func optional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        if let stored = self[column] as DatabaseValue?, stored.isNull { return nil }
        return try value(column)
    }
}

/// The values of a row, each of which is read once; a ``GRDB/Row`` reads one anew each time it is asked for.
struct RowValues {
    private var values: [DatabaseValue] = []

    init() {}

    init(_ row: Row) { read(row) }

    /// Takes the values of the next row.
    mutating func read(_ row: Row) {
        values.removeAll(keepingCapacity: true)
        for position in 0..<row.count { values.append(row.stored(at: position) ?? .null) }
    }

    subscript(position: Int) -> DatabaseValue { values[position] }

    func value<Value: DatabaseValueConvertible>(at position: Int) throws -> Value {
        try Row.value(values[position], position)
    }

    /// - Returns: nil for NULL.
    func optional<Value: DatabaseValueConvertible>(at position: Int) throws -> Value? {
        values[position].isNull ? nil : try value(at: position)
    }
}
