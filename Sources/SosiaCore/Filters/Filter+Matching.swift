extension Filter {
    /// Whether a picture with these attributes passes: the reference for what engines make of a filter.
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
    /// - Parameter order: of the attribute to the value; nil where there is none.
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

    /// - Returns: nil for values of different kinds, and for what is no number.
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
