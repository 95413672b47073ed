/// The value of an attribute: any JSON value (RFC 8259).
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

/// A picture's attributes by name.
public typealias Attributes = [String: JSONValue]

extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // A failed attempt costs much more than a successful one. Numbers come first because vectors hold many.
        if let value = try? container.decode(Double.self) {
            if value.rounded() == value, let integer = try? container.decode(Int64.self) {
                self = .integer(integer)
            } else {
                self = .number(value)
            }
        } else if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue {
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
}

extension JSONValue {
    /// nil unless this is a number.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

extension Attributes {
    /// These attributes changed by a JSON Merge Patch (RFC 7396).
    public func patched(with patch: Attributes) -> Attributes {
        guard case .object(let changed) = JSONValue.object(self).patched(with: .object(patch)) else { return self }
        return changed
    }
}

/// The values that an attribute has across a collection.
public struct AttributeSummary: Sendable, Hashable {
    /// The kinds of values that filters distinguish.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case bool, number, string, list, object
    }

    /// Attributes with more distinct values than this are listed without values.
    public static let maximumValues = 20
    /// Attributes beyond this many, ordered by name, are left out.
    public static let maximumNames = 1_000

    public let name: String
    /// In the order of `Kind.allCases`.
    public let kinds: [Kind]
    /// Pictures that have the attribute.
    public let pictures: Int
    /// The distinct booleans, numbers and texts in ascending order; nil if there are more than ``maximumValues``, or if
    /// any value is a list or an object.
    public let values: [JSONValue]?

    public init(name: String, kinds: [Kind], pictures: Int, values: [JSONValue]?) {
        self.name = name
        self.kinds = kinds
        self.pictures = pictures
        self.values = values
    }
}
