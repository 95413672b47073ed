/// What the attributes of one name are like over a whole collection.
public struct AttributeSummary: Sendable, Hashable {
    /// The kinds of values that a filter tells apart.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case bool, number, string, list, object
    }

    /// Names with more different values than this are listed without them.
    public static let maximumValues = 20
    /// Names beyond so many, in the order of their texts, are not described.
    public static let maximumNames = 1_000

    public let name: String
    /// In the order of `Kind.allCases`.
    public let kinds: [Kind]
    /// Pictures that have the attribute.
    public let pictures: Int
    /// The different booleans, numbers and texts in ascending order; nil when there are more than ``maximumValues``, or
    /// lists or objects among them.
    public let values: [JSONValue]?

    public init(name: String, kinds: [Kind], pictures: Int, values: [JSONValue]?) {
        self.name = name
        self.kinds = kinds
        self.pictures = pictures
        self.values = values
    }
}
