import GRDB
import SosiaCore

extension Filter {
    /// A condition on `image` that is 1 or 0, never NULL. Everything in the filter is bound; nothing of it becomes SQL.
    /// - Parameter areas: receives the areas that the condition's calls of ``AreaFunction`` refer to.
    func sql(_ areas: inout [GeoArea]) -> SQL {
        switch self {
        case .compare(let name, .notEqual, let value):
            let attribute = AttributeSQL(name)
            return "(\(attribute.kind) <> 'null' AND NOT (\(attribute.equals([value])))) IS TRUE"
        case .compare(let name, .equal, let value):
            return "(\(AttributeSQL(name).equals([value]))) IS TRUE"
        case .compare(let name, let comparison, let value):
            let attribute = AttributeSQL(name)
            let order: SQL = "\(attribute.value) \(comparison.sql) \(value.databaseValue)"
            return "(\(attribute.kind) IN \(value.kinds) AND \(order)) IS TRUE"
        case .isIn(_, let values) where values.isEmpty: return "0"
        case .isIn(let name, let values):
            let attribute = AttributeSQL(name)
            let kinds = Dictionary(grouping: values, by: \.kinds).values.map { attribute.equals($0) }
            return "(\(kinds.joined(separator: " OR "))) IS TRUE"
        case .isMissing(let name): return "ifnull(\(AttributeSQL(name).kind), 'null') = 'null'"
        case .within(let area):
            let (latitude, longitude) = (AttributeSQL("latitude"), AttributeSQL("longitude"))
            let numbers = ["integer", "real"]
            let call = AreaFunction.call(areas.count, latitude: latitude.value, longitude: longitude.value)
            areas.append(area)
            return "(\(latitude.kind) IN \(numbers) AND \(longitude.kind) IN \(numbers) AND \(call)) IS TRUE"
        case .not(let filter): return "NOT (\(filter.sql(&areas)))"
        case .and: return operands(of: .and).map { "(\($0.sql(&areas)))" }.joined(separator: " AND ")
        case .or: return operands(of: .or).map { "(\($0.sql(&areas)))" }.joined(separator: " OR ")
        }
    }

    private enum Connective {
        case and, or
    }

    /// The operands of a chain of one connective, the deepest first: SQLite's parser keeps everything before an opening
    /// parenthesis on a stack of 100 entries.
    private func operands(of connective: Connective) -> [Filter] {
        var operands: [Filter] = []
        var left = [self]
        while let filter = left.popLast() {
            switch (filter, connective) {
            case (.and(let first, let second), .and), (.or(let first, let second), .or): left += [second, first]
            default: operands.append(filter)
            }
        }
        return operands.map { ($0, $0.depth) }.sorted { $0.1 > $1.1 }.map(\.0)
    }

    private var depth: Int {
        switch self {
        case .compare, .isIn, .isMissing, .within: 0
        case .not(let filter): filter.depth + 1
        case .and(let first, let second), .or(let first, let second): max(first.depth, second.depth) + 1
        }
    }
}

/// An attribute of a picture in SQL: the user's, or else a fact read from the file.
private struct AttributeSQL {
    /// A type name of `json_type`, which for columns agrees with `typeof`. NULL or `null` for a missing attribute.
    let kind: SQL
    let value: SQL

    init(_ name: String) {
        let kind: SQL
        let value: SQL
        if let path = Self.path(name) {
            kind = "json_type(attributes, \(path))"
            value = "json_extract(attributes, \(path))"
        } else {
            kind = "(SELECT type FROM json_each(attributes) WHERE key = \(name))"
            value = "(SELECT atom FROM json_each(attributes) WHERE key = \(name))"
        }
        if let fact = FactColumn(rawValue: name) {
            self.kind = "ifnull(\(kind), typeof(\(fact.sql)))"
            self.value = "CASE WHEN \(kind) IS NULL THEN \(fact.sql) ELSE \(value) END"
        } else {
            self.kind = kind
            self.value = value
        }
    }

    /// - Parameter values: all of the same kind.
    func equals(_ values: [Filter.Value]) -> SQL {
        guard let first = values.first else { return "0" }
        let list = values.map { SQL("\($0.databaseValue)") }.joined(separator: ", ")
        return "\(kind) IN \(first.kinds) AND (\(value)) IN (\(list))"
    }

    /// - Returns: nil for a name that JSON writes with escapes, which SQLite's paths do not match.
    private static func path(_ name: String) -> String? {
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar != "\"" && scalar != "\\" && scalar.properties.generalCategory != .control
        }
        return isPlain && !name.isEmpty ? "$.\"\(name)\"" : nil
    }
}

/// The columns of `image` that filters can name.
enum FactColumn: String, CaseIterable {
    case format, width, height, captured, latitude, longitude, camera

    var sql: SQL { SQL(sql: rawValue) }
}

extension Filter.Comparison {
    fileprivate var sql: SQL { SQL(sql: rawValue) }
}

extension Filter.Value {
    /// What `json_type` calls values of this kind.
    fileprivate var kinds: [String] {
        switch self {
        case .bool: ["true", "false"]
        case .integer, .number: ["integer", "real"]
        case .string: ["text"]
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .bool(let value): value.databaseValue
        case .integer(let value): value.databaseValue
        case .number(let value): value.databaseValue
        case .string(let value): value.databaseValue
        }
    }
}
