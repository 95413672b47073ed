/// Any JSON value (RFC 8259).
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// Reads a JSON text, in time and memory proportional to its length.
    ///
    /// A number that is whole, however it is written, is an integer if it fits into 64 bits. Of members of the same name
    /// the first counts.
    /// - Throws: ``JSONError``, also for a number that a `Double` cannot hold.
    public init(parsing text: String) throws(JSONError) {
        self.init(try JSONTree(parsing: text))
    }

    package init(_ tree: JSONTree) {
        self =
            switch tree.node {
            case .null: .null
            case .bool(let value): .bool(value)
            case .integer(let value): .integer(value)
            case .number(let value): .number(value)
            case .string(let value): .string(value)
            case .array(let elements): .array(elements.map(JSONValue.init))
            case .object(let members): .object(Dictionary(members))
            }
    }

    /// This value changed by a JSON Merge Patch (RFC 7396): objects are patched name by name, null removes a name, and
    /// anything else replaces this value.
    public func patched(with patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var object: [String: JSONValue] = [:]
        if case .object(let own) = self { object = own }
        for (name, change) in changes {
            object[name] = change == .null ? nil : (object[name] ?? .null).patched(with: change)
        }
        return .object(object)
    }

    /// nil unless this is a number.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

extension [String: JSONValue] {
    /// Of members of the same name the first counts.
    package init(_ members: JSONMembers) {
        self.init(minimumCapacity: members.count)
        for (name, tree) in members {
            let value = JSONValue(tree)
            if let first = updateValue(value, forKey: name) { self[name] = first }
        }
    }
}
