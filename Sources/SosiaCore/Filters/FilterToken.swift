/// The tokens of a filter's text.
enum FilterToken: Equatable {
    /// A keyword, in capitals.
    case word(String)
    /// The name of an attribute.
    case name(String)
    case value(Filter.Value)
    case symbol(String)
    case end

    private static let words: Set<String> = ["AND", "OR", "NOT", "IN", "IS", "NULL", "TRUE", "FALSE"]
    private static let symbols = ["<=", ">=", "!=", "<>", "==", "=", "<", ">", "(", ")", ","]

    /// As quoted by errors; nil for the end.
    var text: String? {
        switch self {
        case .word(let text), .name(let text), .symbol(let text): text
        case .value(let value): value.description
        case .end: nil
        }
    }

    /// - Returns: at least ``end``.
    static func tokens(of text: String) throws(FilterError) -> [(token: FilterToken, position: Int)] {
        let scalars = Array(text.unicodeScalars)
        var tokens: [(token: FilterToken, position: Int)] = []
        var at = 0
        while at < scalars.count {
            let start = at
            if scalars[at].properties.isWhitespace {
                at += 1
            } else if scalars[at] == "'" || scalars[at] == "\"" {
                let quoted = try quotation(scalars, &at)
                tokens.append((scalars[start] == "'" ? .value(.string(quoted)) : .name(quoted), start + 1))
            } else if isDigit(scalars[at]) || scalars[at] == "-" {
                tokens.append((.value(try number(scalars, &at)), start + 1))
            } else if scalars[at] == "_" || scalars[at].properties.isAlphabetic {
                while at < scalars.count, continuesName(scalars[at]) { at += 1 }
                let name = string(scalars[start..<at])
                tokens.append((word(name).map { .word($0) } ?? .name(name), start + 1))
            } else {
                let rest = string(scalars[at..<min(at + 2, scalars.count)])
                guard let symbol = symbols.first(where: { rest.unicodeScalars.starts(with: $0.unicodeScalars) }) else {
                    throw .unexpectedCharacter(scalars[at], position: at + 1)
                }
                tokens.append((.symbol(symbol), start + 1))
                at += symbol.unicodeScalars.count
            }
        }
        tokens.append((.end, scalars.count + 1))
        return tokens
    }

    /// Whether a name needs no quotes.
    static func isPlain(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else { return false }
        return name.unicodeScalars.allSatisfy(continuesName) && word(name) == nil
    }

    /// The keyword that a name spells; nil if it is none. Non-ASCII letters with ASCII capitals do not count.
    private static func word(_ name: String) -> String? {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let word = name.uppercased()
        return words.contains(word) ? word : nil
    }

    /// The text between quotes, in which the quote itself is doubled.
    private static func quotation(_ scalars: [Unicode.Scalar], _ at: inout Int) throws(FilterError) -> String {
        let (start, quote) = (at, scalars[at])
        var text = String.UnicodeScalarView()
        at += 1
        while at < scalars.count {
            if scalars[at] == quote {
                at += 1
                guard at < scalars.count, scalars[at] == quote else { return String(text) }
            }
            // U+0000 would end the text early in SQLite and in C.
            guard scalars[at] != "\0" else { throw .unexpectedCharacter(scalars[at], position: at + 1) }
            text.append(scalars[at])
            at += 1
        }
        throw .unterminated(position: start + 1)
    }

    private static func number(_ scalars: [Unicode.Scalar], _ at: inout Int) throws(FilterError) -> Filter.Value {
        let start = at
        at += 1
        while at < scalars.count {
            let isSign = scalars[at] == "+" || scalars[at] == "-"
            let follows = isSign ? ["e", "E"].contains(scalars[at - 1]) : continuesName(scalars[at])
            guard follows || scalars[at] == "." else { break }
            at += 1
        }
        let text = string(scalars[start..<at])
        if let integer = Int64(text) { return .integer(integer) }
        // Swift also reads "0x10" and "nan", which are not numbers here.
        let isDecimal = text.unicodeScalars.allSatisfy { isDigit($0) || "-+.eE".unicodeScalars.contains($0) }
        guard isDecimal, let number = Double(text) else { throw .invalidNumber(text, position: start + 1) }
        return .number(number)
    }

    private static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || isDigit(scalar) || scalar.properties.isAlphabetic
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
