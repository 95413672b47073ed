import FileSystem
import Foundation
import Sosia
import SosiaCore
import SwiftCSV

/// Attributes from a CSV file (RFC 4180) whose first column is `path`.
struct AttributeTable {
    /// By absolute path.
    let rows: [String: Attributes]

    enum Failure: Error, CustomStringConvertible {
        case unreadable(path: String, reason: String)
        case firstColumn(path: String, got: String)
        case doubledColumn(path: String, name: String)
        case openQuote(path: String, line: Int)
        case tooMuch(path: String, picture: String, name: String, reason: JSONError)

        var description: String {
            switch self {
            case .unreadable(let path, let reason): "\(path) cannot be read as CSV: \(reason)"
            case .doubledColumn(let path, let name): "\(path) has two columns called \"\(name)\""
            case .openQuote(let path, let line): "\(path): the quote that begins in line \(line) is not closed"
            case .tooMuch(let path, let picture, let name, let reason):
                "\(path): the attribute \"\(name)\" of \(picture): \(reason)"
            case .firstColumn(let path, let got): "the first column of \(path) is \"\(got)\", expected \"path\""
            }
        }
    }

    /// - Parameter path: relative paths in the table are relative to the table's own folder.
    init(contentsOf path: String) throws {
        let text = try Self.text(path)
        if let line = Self.openQuote(text.utf8) { throw Failure.openQuote(path: path, line: line) }
        let table: CSV<Enumerated>
        do {
            table = try CSV<Enumerated>(string: text)
        } catch CSVParseError.quotation(let message), CSVParseError.generic(let message) {
            throw Failure.unreadable(path: path, reason: message)
        }
        guard table.header.first == "path" else {
            throw Failure.firstColumn(path: path, got: table.header.first ?? "")
        }
        var names: Set<String> = []
        for name in table.header where !names.insert(name).inserted {
            throw Failure.doubledColumn(path: path, name: name)
        }
        let folder = AbsolutePath.of(path + "/..")
        var rows: [String: Attributes] = [:]
        for row in table.rows {
            guard let file = row.first, !file.isEmpty else { continue }
            var attributes: Attributes = [:]
            for (name, value) in zip(table.header, row).dropFirst() where !value.isEmpty {
                do throws(JSONError) {
                    attributes[name] = try AttributeText.value(value)
                } catch {
                    throw Failure.tooMuch(path: path, picture: file, name: name, reason: error)
                }
            }
            rows[AbsolutePath.of(file, relativeTo: folder), default: [:]].merge(attributes) { _, new in new }
        }
        self.rows = rows
    }

    private static func text(_ path: String) throws(Failure) -> String {
        let bytes: [UInt8]
        do throws(SkipReason) {
            bytes = try FileContent.bytes(reading: AbsolutePath.of(path))
        } catch {
            throw .unreadable(path: path, reason: error.description)
        }
        guard var text = String(bytes: bytes, encoding: .utf8) else {
            throw .unreadable(path: path, reason: "it is not UTF-8 text")
        }
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        return text
    }

    /// Line breaks and the delimiters that are known.
    private static let fieldEnds = Array(",;\t\r\n".utf8)

    /// - Returns: the line in which a quoted field begins that never ends; nil when all end.
    private static func openQuote(_ text: String.UTF8View) -> Int? {
        let quote = UInt8(ascii: "\"")
        var line = 1
        var opened: Int?
        var isFieldStart = true
        for byte in text {
            if byte == quote {
                // A doubled quote closes the field and opens it again.
                let closes = opened != nil
                opened = !closes && isFieldStart ? line : nil
                isFieldStart = closes
            } else {
                isFieldStart = Self.fieldEnds.contains(byte)
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
        }
        return opened
    }
}

/// Attributes as people write them.
enum AttributeText {
    /// What reads as JSON is that value; everything else is a string, a number with more digits than are kept, too.
    /// - Throws: ``JSONError`` for what is nested too deeply, or has a name that is too long.
    static func value(_ text: String) throws(JSONError) -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            if error.isLimit { throw error }
            return .string(text)
        }
        if case .number(let number) = value, Digits(text) != Digits("\(number)") { return .string(text) }
        return value
    }

    /// A value as it is shown: a string without quotes, everything else as JSON.
    static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { text } else { String(decoding: value.json, as: UTF8.self) }
    }

    /// A decimal number without the zeros that do not count.
    private struct Digits: Equatable {
        let digits: [Character]
        let exponent: Int

        init(_ text: String) {
            let parts = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased().split(separator: "e")
            let mantissa = (parts.first ?? "").filter { $0 != "-" }.split(
                separator: ".", omittingEmptySubsequences: false)
            var digits = Array(mantissa.joined().drop { $0 == "0" })
            var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            exponent -= mantissa.count > 1 ? mantissa[1].count : 0
            while digits.last == "0" {
                digits.removeLast()
                exponent += 1
            }
            self.digits = digits
            self.exponent = digits.isEmpty ? 0 : exponent
        }
    }

    /// - Parameter text: `key=value`
    static func pair(_ text: String) throws(JSONError) -> (key: String, value: JSONValue)? {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
        return (String(text[..<equals]), try value(String(text[text.index(after: equals)...])))
    }
}
