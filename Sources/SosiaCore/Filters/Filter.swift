/// Which pictures may be in an answer, by their attributes: `price < 50 AND category IN ('shoes', 'boots')`.
///
/// Attributes are those of `ImageRecord.allAttributes`: the user's, and facts read from the file. On every engine a
/// filter means what ``matches(_:)`` says:
/// - A comparison with a missing or null attribute is false, even with `!=`.
/// - Values of different kinds (numbers, texts, booleans) are unequal and have no order. Lists and objects equal nothing.
/// - Numbers are compared by value, texts by their Unicode scalars, and false comes before true.
/// - `within(west, south, east, north)` and `within('GeoJSON')` test the picture's position; a tile's position is its
///   centre. ``GeoArea`` defines what lies in an area.
/// - `NOT` turns false into true: `NOT sold = true` also finds pictures without an attribute `sold`.
public indirect enum Filter: Sendable {
    /// How two values are compared.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// The value that an attribute is compared with.
    public enum Value: Sendable {
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
    }

    case compare(String, Comparison, Value)
    /// Equal to any of the values.
    case isIn(String, [Value])
    /// Missing, or null.
    case isMissing(String)
    /// The picture's position, given by its attributes `latitude` and `longitude`, lies in the area; false without one.
    case within(GeoArea)
    case not(Filter)
    case and(Filter, Filter)
    case or(Filter, Filter)
}

/// Texts are compared by their bytes, as filters compare them: those that Swift takes for equal (canonical equivalence)
/// are two filters.
extension Filter: Hashable {
    public static func == (lhs: Filter, rhs: Filter) -> Bool {
        switch (lhs, rhs) {
        case (.compare(let name, let comparison, let value), .compare(let other, let otherComparison, let otherValue)):
            name.utf8.elementsEqual(other.utf8) && comparison == otherComparison && value == otherValue
        case (.isIn(let name, let values), .isIn(let other, let otherValues)):
            name.utf8.elementsEqual(other.utf8) && values == otherValues
        case (.isMissing(let name), .isMissing(let other)): name.utf8.elementsEqual(other.utf8)
        case (.within(let area), .within(let other)): area == other
        case (.not(let filter), .not(let other)): filter == other
        case (.and(let first, let second), .and(let other, let another)): first == other && second == another
        case (.or(let first, let second), .or(let other, let another)): first == other && second == another
        default: false
        }
    }

    /// Of the bytes of texts: the standard hash of a long text of accents takes time that grows with its square.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .compare(let name, let comparison, let value):
            hasher.combine(bytes: name)
            hasher.combine(comparison)
            hasher.combine(value)
        case .isIn(let name, let values):
            hasher.combine(bytes: name)
            hasher.combine(values)
        case .isMissing(let name): hasher.combine(bytes: name)
        case .within(let area): hasher.combine(area)
        case .not(let filter): hasher.combine(filter)
        case .and(let first, let second), .or(let first, let second):
            hasher.combine(first)
            hasher.combine(second)
        }
    }
}

extension Hasher {
    fileprivate mutating func combine(bytes text: String) {
        for byte in text.utf8 { combine(byte) }
    }
}

extension Filter.Value: Hashable {
    public static func == (lhs: Filter.Value, rhs: Filter.Value) -> Bool {
        switch (lhs, rhs) {
        case (.bool(let value), .bool(let other)): value == other
        case (.integer(let value), .integer(let other)): value == other
        case (.number(let value), .number(let other)): value == other
        case (.string(let value), .string(let other)): value.utf8.elementsEqual(other.utf8)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): hasher.combine(bytes: value)
        }
    }
}

extension Filter {
    /// Whether a picture with these attributes passes. This is the reference for every engine.
    public func matches(_ attributes: Attributes) -> Bool {
        switch self {
        case .compare(let name, let comparison, let value):
            guard let found = attributes[name], found != .null else { return false }
            return comparison.holds(Value.order(found, value))
        case .isIn(let name, let values):
            guard let found = attributes[name] else { return false }
            return values.contains { Value.order(found, $0) == .equal }
        case .isMissing(let name): return attributes[name] ?? .null == .null
        case .within(let area):
            guard let latitude = attributes["latitude"]?.double, let longitude = attributes["longitude"]?.double else {
                return false
            }
            return area.contains(GeoPoint(longitude: longitude, latitude: latitude))
        case .not(let filter): return !filter.matches(attributes)
        case .and(let first, let second): return first.matches(attributes) && second.matches(attributes)
        case .or(let first, let second): return first.matches(attributes) || second.matches(attributes)
        }
    }
}

extension Filter.Comparison {
    /// - Parameter order: of the attribute relative to the value; nil if they have none.
    fileprivate func holds(_ order: Filter.Value.Order?) -> Bool {
        switch self {
        case .equal: order == .equal
        case .notEqual: order != .equal
        case .less: order == .less
        case .lessOrEqual: order == .less || order == .equal
        case .greater: order == .greater
        case .greaterOrEqual: order == .greater || order == .equal
        }
    }
}

extension Filter.Value {
    fileprivate enum Order {
        case less, equal, greater

        init(isLess: Bool, isEqual: Bool) {
            self = isLess ? .less : isEqual ? .equal : .greater
        }
    }

    /// - Returns: nil for values of different kinds, and for NaN.
    fileprivate static func order(_ found: JSONValue, _ value: Filter.Value) -> Order? {
        switch (found, value) {
        case (.bool(let found), .bool(let value)):
            return Order(isLess: !found && value, isEqual: found == value)
        case (.integer(let found), .integer(let value)):
            return Order(isLess: found < value, isEqual: found == value)
        case (.number(let found), .number(let value)):
            guard !found.isNaN, !value.isNaN else { return nil }
            return Order(isLess: found < value, isEqual: found == value)
        case (.integer(let found), .number(let value)):
            guard !value.isNaN else { return nil }
            return Order(isLess: isLess(found, value), isEqual: Double(exactly: found) == value)
        case (.number(let found), .integer(let value)):
            guard !found.isNaN else { return nil }
            return Order(isLess: isLess(found, value), isEqual: found == Double(exactly: value))
        case (.string(let found), .string(let value)):
            return Order(
                isLess: found.utf8.lexicographicallyPrecedes(value.utf8), isEqual: found.utf8.elementsEqual(value.utf8))
        default: return nil
        }
    }

    /// Without rounding the integer to a floating-point number.
    private static func isLess(_ integer: Int64, _ number: Double) -> Bool {
        if number >= 0x1p63 { return true }
        if number < -0x1p63 { return false }
        let whole = Int64(number.rounded(.down))
        return integer < whole || integer == whole && Double(whole) < number
    }

    private static func isLess(_ number: Double, _ integer: Int64) -> Bool {
        if number >= 0x1p63 { return false }
        if number < -0x1p63 { return true }
        return Int64(number.rounded(.down)) < integer
    }
}

extension Filter: CustomStringConvertible {
    /// The canonical text, which parses to an equal filter.
    public var description: String {
        switch self {
        case .compare(let name, let comparison, let value):
            "\(Self.quoted(name)) \(comparison.rawValue) \(value)"
        case .isIn(let name, let values):
            "\(Self.quoted(name)) IN (\(values.map(\.description).joined(separator: ", ")))"
        case .isMissing(let name): "\(Self.quoted(name)) IS NULL"
        case .within(let area): "within(\(area))"
        case .not(let filter): "NOT \(text(of: filter, binding: .not))"
        case .and(let first, let second):
            "\(text(of: first, binding: .and)) AND \(text(of: second, binding: .not))"
        case .or(let first, let second): "\(text(of: first, binding: .or)) OR \(text(of: second, binding: .and))"
        }
    }

    private enum Binding: Int {
        case or, and, not
    }

    private var binding: Binding {
        switch self {
        case .or: .or
        case .and: .and
        case .not, .compare, .isIn, .isMissing, .within: .not
        }
    }

    /// In parentheses if it binds less tightly than required.
    private func text(of filter: Filter, binding wanted: Binding) -> String {
        filter.binding.rawValue < wanted.rawValue ? "(\(filter))" : filter.description
    }

    private static func quoted(_ name: String) -> String {
        FilterToken.isPlain(name) ? name : "\"\(doubling("\"", in: name))\""
    }

    fileprivate static func doubling(_ quote: Unicode.Scalar, in text: String) -> String {
        var doubled = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            doubled.append(scalar)
            if scalar == quote { doubled.append(scalar) }
        }
        return String(doubled)
    }
}

extension Filter.Value: CustomStringConvertible {
    /// As written in a filter.
    public var description: String {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        // Numbers too large for a Double are parsed as infinity.
        case .number(let value) where value.isInfinite: value < 0 ? "-1e999" : "1e999"
        case .number(let value): "\(value)"
        case .string(let value): "'\(Filter.doubling("'", in: value))'"
        }
    }
}
