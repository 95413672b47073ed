import FileSystem
import Foundation
import Sosia
import SosiaCore

/// Attributes from a CSV file whose first column is `path`.
struct AttributeTable {
    /// By absolute path.
    let rows: [String: Attributes]
    let columns: [AttributeColumn]

    enum Failure: Error, CustomStringConvertible {
        case unreadable(path: String, reason: String)
        case firstColumn(path: String, got: String)
        case openQuote(path: String, line: Int)
        case line(path: String, line: Int, LineFault)

        var description: String {
            switch self {
            case .unreadable(let path, let reason): "\(path) cannot be read as CSV: \(reason)"
            case .firstColumn(let path, let got): "the first column of \(path) is \"\(got)\", expected \"path\""
            case .openQuote(let path, let line): "\(path): the quote that begins in line \(line) is not closed"
            case .line(let path, let line, let fault): "\(path), line \(line): \(fault)"
            }
        }
    }

    /// What is wrong with a line.
    enum LineFault: CustomStringConvertible {
        case doubledColumn(String)
        case quoteInside
        case textBehindQuote
        case tooLong(cells: Int, columns: Int)
        case unnamed(column: Int)
        case noPath
        case doubledPath(String, first: Int)
        case value(name: String, picture: String, AttributeType.Fault)

        var description: String {
            switch self {
            case .doubledColumn(let name): "two columns are called \"\(name)\""
            case .quoteInside:
                "a quote inside a cell that does not begin with one; quote the cell, and double the quotes in it"
            case .textBehindQuote: "something follows the quote that ends a cell; quotes inside a cell are doubled"
            case .tooLong(let cells, let columns): "\(cells) cells under \(columns) columns"
            case .unnamed(let column): "the cell in column \(column) stands under no name"
            case .noPath: "there is no path"
            case .doubledPath(let path, let first): "\(path) has a row in line \(first) already"
            case .value(let name, let picture, let fault): "the attribute \"\(name)\" of \(picture): \(fault)"
            }
        }
    }

    /// - Parameters:
    ///   - path: relative paths in the table are relative to the table's own folder.
    ///   - types: of some columns; the others are looked at.
    /// - Throws: ``Failure``
    init(contentsOf path: String, types: AttributeTypes) throws(Failure) {
        let records = try Self.records(path)
        let header = (records.first?.cells ?? []).map { $0.text.trimmingCharacters(in: .whitespaces) }
        guard header.first == "path" else { throw .firstColumn(path: path, got: header.first ?? "") }
        // Spreadsheets write rows of nothing below the last one.
        let body = records.dropFirst().filter { !$0.cells.allSatisfy(\.text.isEmpty) }
        if let (line, fault) = Self.fault(header, body) { throw .line(path: path, line: line, fault) }
        let columns = header.indices.dropFirst().map { index in
            AttributeColumn(header[index], body.compactMap { $0.cell(index) }, type: types.byName[header[index]])
        }
        let folder = AbsolutePath.of(path + "/..")
        var rows: [String: Attributes] = [:]
        var lines: [String: Int] = [:]
        for record in body {
            let picture = record.cells[0].text
            let file = AbsolutePath.of(picture, relativeTo: folder)
            if let first = lines.updateValue(record.line, forKey: file) {
                throw .line(path: path, line: record.line, .doubledPath(picture, first: first))
            }
            var attributes: Attributes = [:]
            for (column, cell) in zip(columns, record.cells.dropFirst()) where !cell.text.isEmpty {
                do throws(AttributeType.Fault) {
                    attributes[column.name] = try column.type.value(cell.text)
                } catch {
                    throw .line(
                        path: path, line: record.line, .value(name: column.name, picture: picture, error))
                }
            }
            rows[file] = attributes
        }
        self.rows = rows
        self.columns = columns.filter { !$0.name.isEmpty }
    }

    /// The first fault in the shape of a table.
    private static func fault(_ header: [String], _ body: [CSVReader.Record]) -> (line: Int, LineFault)? {
        var names: Set<String> = []
        for name in header where !name.isEmpty && !names.insert(name).inserted { return (1, .doubledColumn(name)) }
        for record in body {
            if record.cells.count > header.count {
                return (record.line, .tooLong(cells: record.cells.count, columns: header.count))
            }
            if let column = header.indices.first(where: { header[$0].isEmpty && record.cell($0) != nil }) {
                return (record.line, .unnamed(column: column + 1))
            }
            if record.cells[0].text.isEmpty { return (record.line, .noPath) }
        }
        return nil
    }

    private static func records(_ path: String) throws(Failure) -> [CSVReader.Record] {
        let bytes: [UInt8]
        do throws(SkipReason) {
            bytes = try FileContent.bytes(reading: AbsolutePath.of(path))
        } catch {
            throw .unreadable(path: path, reason: error.description)
        }
        guard let text = utf8(bytes) else {
            throw .unreadable(path: path, reason: "it is neither UTF-8 nor UTF-16 text; save it as \"CSV UTF-8\"")
        }
        var reader = CSVReader(text, delimiter: CSVReader.delimiter(of: text))
        var records: [CSVReader.Record] = []
        do throws(CSVReader.Fault) {
            while let record = try reader.next() { records.append(record) }
        } catch {
            switch error {
            case .openQuote(let line): throw .openQuote(path: path, line: line)
            case .quoteInside(let line): throw .line(path: path, line: line, .quoteInside)
            case .textBehindQuote(let line): throw .line(path: path, line: line, .textBehindQuote)
            }
        }
        return records
    }

    /// A table as UTF-8 without a byte order mark; nil if it is no text in UTF-8 or UTF-16.
    private static func utf8(_ bytes: [UInt8]) -> [UInt8]? {
        let isBigEndian: Bool
        switch (bytes.first, bytes.dropFirst().first) {
        // Without a mark, the first character of a table in UTF-16 has a zero byte.
        case (0xFE, 0xFF), (0, _?): isBigEndian = true
        case (0xFF, 0xFE), (_?, 0): isBigEndian = false
        default:
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            return Array(text.utf8.trimmingPrefix("\u{FEFF}".utf8))
        }
        guard bytes.count.isMultiple(of: 2) else { return nil }
        let units = stride(from: 0, to: bytes.count, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        // UTF-32 would be text with a zero character behind each other one.
        guard !units.contains(0), let text = String(validating: units, as: UTF16.self) else { return nil }
        return Array(text.utf8.trimmingPrefix("\u{FEFF}".utf8))
    }
}

extension CSVReader.Record {
    /// - Returns: nil for a cell that is empty, or that a short row does not have.
    fileprivate func cell(_ index: Int) -> CSVReader.Cell? {
        index < cells.count && !cells[index].text.isEmpty ? cells[index] : nil
    }
}

/// What was made of a column, or of an attribute that all pictures get.
struct AttributeColumn {
    let name: String
    let type: AttributeType
    /// Whether there is no value.
    let isEmpty: Bool
    /// The first cell that is a text in a column that may look like one of numbers.
    let text: String?

    /// - Parameter type: nil: a column with one text is a column of texts.
    init(_ name: String, _ cells: [CSVReader.Cell], type: AttributeType?) {
        let other = cells.first { $0.isQuoted || AttributeText.canonicalNumber($0.text) == nil }
        self.name = name
        self.type = type ?? (other == nil ? .number : .text)
        isEmpty = cells.isEmpty
        text = type == nil && cells.contains { AttributeText.number($0.text) != nil } ? other?.text : nil
    }

    /// One value for all pictures.
    init(_ name: String, _ value: JSONValue) {
        self.name = name
        type =
            switch value {
            case .string: .text
            case .integer, .number: .number
            case .bool: .bool
            case .null, .array, .object: .json
            }
        isEmpty = false
        text = nil
    }
}
