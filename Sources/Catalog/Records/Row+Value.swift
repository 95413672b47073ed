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
        guard position < count, let value = Value.fromDatabaseValue(self[position] as DatabaseValue) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "column \(position) is of another kind")
        }
        return value
    }

    /// By index.
    /// - Returns: nil for NULL.
    func optional<Value: DatabaseValueConvertible>(at position: Int) throws -> Value? {
        if position < count, (self[position] as DatabaseValue).isNull { return nil }
        return try value(at: position)
    }

    /// - Returns: nil for NULL.
    func optional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        if let stored = self[column] as DatabaseValue?, stored.isNull { return nil }
        return try value(column)
    }
}
