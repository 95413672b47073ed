import Foundation
import Sosia
import SwiftCSV

/// Attributes from a CSV file (RFC 4180) whose first column is `path`.
struct AttributeTable {
    /// By absolute path.
    let rows: [String: Attributes]

    enum Failure: Error, CustomStringConvertible {
        case unreadable(path: String, reason: String)
        case firstColumn(path: String, got: String)

        var description: String {
            switch self {
            case .unreadable(let path, let reason): "\(path) cannot be read as CSV: \(reason)"
            case .firstColumn(let path, let got): "the first column of \(path) is \"\(got)\", expected \"path\""
            }
        }
    }

    /// - Parameter path: relative paths in the table are relative to the table's own folder.
    init(contentsOf path: String) throws {
        let table: CSV<Enumerated>
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            var text = String(decoding: data, as: UTF8.self)
            if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
            table = try CSV<Enumerated>(string: text)
        } catch {
            throw Failure.unreadable(path: path, reason: error.localizedDescription)
        }
        guard table.header.first == "path" else {
            throw Failure.firstColumn(path: path, got: table.header.first ?? "")
        }
        let folder = AbsolutePath.of(path + "/..")
        var rows: [String: Attributes] = [:]
        for row in table.rows {
            guard let file = row.first, !file.isEmpty else { continue }
            var attributes: Attributes = [:]
            for (name, value) in zip(table.header, row).dropFirst() where !value.isEmpty {
                attributes[name] = AttributeText.value(value)
            }
            rows[AbsolutePath.of(file, relativeTo: folder), default: [:]].merge(attributes) { _, new in new }
        }
        self.rows = rows
    }
}

/// Attributes as people write them.
enum AttributeText {
    /// What reads as JSON is that value; everything else is a string.
    static func value(_ text: String) -> JSONValue {
        (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .string(text)
    }

    /// - Parameter text: `key=value`
    static func pair(_ text: String) -> (key: String, value: JSONValue)? {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
        return (String(text[..<equals]), value(String(text[text.index(after: equals)...])))
    }
}
