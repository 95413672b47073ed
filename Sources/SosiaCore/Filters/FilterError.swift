/// What is wrong with the text of a filter, and where. Positions count Unicode scalars from 1.
public enum FilterError: Error, Hashable, Sendable {
    case empty
    case tooLong(bytes: Int, maximum: Int)
    /// Parentheses and `NOT` are nested too deeply.
    case tooDeep(position: Int, maximum: Int)
    /// Comparisons and list values together.
    case tooManyValues(position: Int, maximum: Int)
    /// A character that no token begins with.
    case unexpectedCharacter(Unicode.Scalar, position: Int)
    /// The quotation that begins here is not closed.
    case unterminated(position: Int)
    /// A number that cannot be read.
    case invalidNumber(String, position: Int)
    /// Something else was expected; `found` is nil at the end of the text.
    case expected(String, found: String?, position: Int)
    /// The argument of `within(...)` is not an area.
    case invalidArea(GeoAreaError, position: Int)

    /// Where the error is; nil if it concerns the whole text.
    public var position: Int? {
        switch self {
        case .empty, .tooLong: nil
        case .tooDeep(let position, _), .tooManyValues(let position, _), .unexpectedCharacter(_, let position),
            .unterminated(let position), .invalidNumber(_, let position), .expected(_, _, let position),
            .invalidArea(_, let position):
            position
        }
    }
}

extension FilterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "the filter is empty"
        case .tooLong(let bytes, let maximum): "the filter has \(bytes) bytes, at most \(maximum) are read"
        case .tooDeep(let position, let maximum):
            "at position \(position) the filter is nested more than \(maximum) deep"
        case .tooManyValues(let position, let maximum):
            "at position \(position) the filter has more than \(maximum) values"
        case .unexpectedCharacter(let character, let position):
            "unexpected \(Self.printable("\(character)")) at position \(position)"
        case .unterminated(let position): "the quotation that begins at position \(position) does not end"
        case .invalidNumber(let text, let position):
            "\(Self.printable(text)) at position \(position) is not a number"
        case .invalidArea(let error, let position): "the area at position \(position): \(error)"
        case .expected(let what, let found, let position):
            "expected \(what) at position \(position), found \(found.map(Self.printable) ?? "the end")"
        }
    }

    /// Untrusted text, shortened and on one line.
    private static func printable(_ text: String) -> String {
        let characters = text.unicodeScalars.prefix(32).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: "?"
            default: String(scalar)
            }
        }
        return characters.joined()
    }
}
