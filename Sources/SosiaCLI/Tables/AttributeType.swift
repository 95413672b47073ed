import ArgumentParser
import SosiaCore

/// What the values of an attribute are taken for.
enum AttributeType: String, CaseIterable {
    case text, number, bool, json

    /// Why a text is not a value of a type.
    enum Fault: Error, CustomStringConvertible {
        case isNot(AttributeType, got: String)
        case tooMuch(JSONError)

        var description: String {
            switch self {
            case .isNot(.number, let got): "\"\(got.prefix(60))\" is not a number"
            case .isNot(.bool, let got): "\"\(got.prefix(60))\" is neither true nor false"
            case .isNot(_, let got): "\"\(got.prefix(60))\" is not JSON"
            case .tooMuch(let error): "\(error)"
            }
        }
    }

    func value(_ text: String) throws(Fault) -> JSONValue {
        switch self {
        case .text: return .string(text)
        case .number: if let number = AttributeText.number(text) { return number }
        case .bool: if let bool = Bool(text.lowercased()) { return .bool(bool) }
        case .json:
            do throws(JSONError) {
                return try JSONValue(parsing: text)
            } catch {
                if error.isLimit { throw .tooMuch(error) }
            }
        }
        throw .isNot(self, got: text)
    }
}

/// `zip=text,price=number`: what the user says of some attributes.
struct AttributeTypes {
    private(set) var byName: [String: AttributeType] = [:]

    /// - Throws: `ValidationError`
    init(parsing text: String?) throws {
        for part in text?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
            guard let equals = part.lastIndex(of: "="), equals != part.startIndex,
                let type = AttributeType(rawValue: String(part[part.index(after: equals)...]))
            else {
                let known = AttributeType.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--types takes name=type,...; a type is one of \(known). Got \"\(part)\".")
            }
            byName[String(part[..<equals])] = type
        }
    }

    /// - Throws: `ValidationError` for a name that no attribute has.
    func check(against names: [String]) throws {
        guard let unknown = byName.keys.sorted().first(where: { !names.contains($0) }) else { return }
        throw ValidationError("--types names \"\(unknown)\", which is neither a column nor given by --set.")
    }
}

/// Attributes as people write them.
enum AttributeText {
    /// A number if this is how it would be written, else a text: `7E2`, `1.50`, `01569` and a number with more digits
    /// than are kept stay what they are.
    static func value(_ text: String) -> JSONValue { canonicalNumber(text) ?? .string(text) }

    static func canonicalNumber(_ text: String) -> JSONValue? {
        number(text).flatMap { Self.text($0) == text ? $0 : nil }
    }

    /// A decimal number, however it is written.
    static func number(_ text: String) -> JSONValue? {
        // Double reads hexadecimal numbers, infinities and NaN, too.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
        if let whole = Int64(text) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else { return nil }
        return Int64(exactly: number).map(JSONValue.integer) ?? .number(number)
    }

    /// A value as it is shown: a string without quotes, everything else as JSON.
    static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { text } else { String(decoding: value.json, as: UTF8.self) }
    }

    /// - Parameter text: `key=value`; a value in quotes is a text, as in a table.
    static func pair(
        _ text: String, _ types: AttributeTypes
    ) throws(AttributeType.Fault) -> (key: String, value: JSONValue)? {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
        let (key, word) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
        if let type = types.byName[key] { return (key, try type.value(word)) }
        if word.hasPrefix("\""), let quoted = try? JSONValue(parsing: word) { return (key, quoted) }
        return (key, value(word))
    }
}
