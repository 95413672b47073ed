extension Filter: CustomStringConvertible {
    /// The canonical text; parsed, it gives this filter again.
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

    /// In parentheses when it binds less than its place asks for.
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
    /// As it stands in a filter's text.
    public var description: String {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        // Beyond the largest number lies infinity, for the parser as for everyone else.
        case .number(let value) where value.isInfinite: value < 0 ? "-1e999" : "1e999"
        case .number(let value): "\(value)"
        case .string(let value): "'\(Filter.doubling("'", in: value))'"
        }
    }
}
