/// A picture's attributes by name.
public typealias Attributes = [String: JSONValue]

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
