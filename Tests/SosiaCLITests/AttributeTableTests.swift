import Foundation
import SosiaCore
import Testing

@testable import SosiaCLI

/// Tables as spreadsheets and programs write them.
struct AttributeTableTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func table(_ bytes: [UInt8], types: String? = nil) throws -> AttributeTable {
        try folder.write(bytes, to: "t.csv")
        return try AttributeTable(contentsOf: folder.path + "/t.csv", types: AttributeTypes(parsing: types))
    }

    private func attributes(_ bytes: [UInt8], of name: String = "a.jpg") throws -> Attributes? {
        try table(bytes).rows[folder.path + "/" + name]
    }

    private static let text = "path;place;price\r\na.jpg;\"Lisboa; \"\"é\"\" 🌊\r\n2\";2\r\nb.jpg;;\r\n;;\r\n"

    private static func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let (low, high) = (UInt8(unit & 255), UInt8(unit >> 8))
            return isBigEndian ? [high, low] : [low, high]
        }
    }

    @Test func whatSpreadsheetsWriteIsRead() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let tabs = Self.text.replacing(";", with: "\t").replacing("Lisboa\t", with: "Lisboa;")
        let writings: [[UInt8]] = [
            Array(Self.text.utf8), mark + Array(Self.text.utf8), Array(tabs.utf8),
            Self.utf16("\u{FEFF}" + Self.text, isBigEndian: false),
            Self.utf16("\u{FEFF}" + Self.text, isBigEndian: true),
            Self.utf16(Self.text, isBigEndian: false), Self.utf16(Self.text, isBigEndian: true),
        ]
        let expected: Attributes = ["place": .string("Lisboa; \"é\" 🌊\r\n2"), "price": .integer(2)]
        for bytes in writings {
            #expect(try attributes(bytes) == expected)
            #expect(try attributes(bytes, of: "b.jpg") == [:])
        }
    }

    @Test func whatIsNoTextIsRefusedWithTheReason() throws {
        let latin: [UInt8] = Array("path,a\na.jpg,".utf8) + [0xE9]
        let odd: [UInt8] = [0xFF, 0xFE, 0x70, 0]
        let wide: [UInt8] = "\u{FEFF}path".unicodeScalars.flatMap {
            [UInt8($0.value & 255), UInt8($0.value >> 8), 0, 0]
        }
        for bytes in [latin, odd + [1], [0xFF, 0xFE, 0x00, 0xD8], wide] {
            let error = try #require(throws: AttributeTable.Failure.self) { try table(bytes) }
            #expect("\(error)".hasSuffix("it is neither UTF-8 nor UTF-16 text; save it as \"CSV UTF-8\""))
        }
    }

    /// Commas, quotes and line breaks are bytes; what stands behind them does not change them.
    @Test func combiningMarksAndOtherSpacesBelongToTheirCells() throws {
        let row = "path,a,b,c\na.jpg,\u{301}x, y,\u{2028}\u{85}z\n"
        let expected: Attributes = [
            "a": .string("\u{301}x"), "b": .string(" y"), "c": .string("\u{2028}\u{85}z"),
        ]
        #expect(try attributes(Array(row.utf8)) == expected)
    }

    @Test func columnsAreAllNumbersOrAllTexts() throws {
        let rows = "path,n,t,q,e,w\na.jpg,1,1,\"1\",,\nb.jpg,-2.5,x,2,,-0\nc.jpg,1e+20,,,,1\n"
        let table = try table(Array(rows.utf8))
        #expect(table.columns.map(\.type) == [.number, .text, .text, .number, .text])
        #expect(table.columns.map(\.isEmpty) == [false, false, false, true, false])
        #expect(table.columns.map(\.text) == [nil, "x", "1", nil, "-0"])
        let numbers = ["a", "b", "c"].map { table.rows[folder.path + "/\($0).jpg"]?["n"] }
        #expect(numbers == [.integer(1), .number(-2.5), .number(1e20)])
        #expect(table.rows[folder.path + "/a.jpg"] == ["n": .integer(1), "t": .string("1"), "q": .string("1")])
    }

    @Test func typesDecide() throws {
        let rows = "path,a,b,c,d\na.jpg,\"01.50\",TRUE,\"[1,null]\",7\n"
        let table = try table(Array(rows.utf8), types: "a=number,b=bool,c=json,d=text")
        let expected: Attributes = [
            "a": .number(1.5), "b": .bool(true), "c": .array([.integer(1), .null]), "d": .string("7"),
        ]
        #expect(table.rows[folder.path + "/a.jpg"] == expected)
        for (type, cell) in [("number", "0x10"), ("number", "nan"), ("number", "1,5"), ("bool", "yes"), ("json", "{")] {
            #expect(throws: AttributeTable.Failure.self) {
                try self.table(Array("path;a\na.jpg;\(cell)\n".utf8), types: "a=\(type)")
            }
        }
    }

    /// Whatever is written by RFC 4180 is read back, with every delimiter and every end of line.
    @Test(arguments: 0..<200) func whatIsWrittenIsReadBack(_ seed: Int) throws {
        var generator = SplitMix(seed: UInt64(seed))
        let alphabet = Array("ab \",;\t\r\n1é\u{301}\u{2028}🌊\u{FEFF}").map(String.init) + ["\r\n", "\"\"", "\u{308}"]
        let delimiter = try #require([",", ";", "\t"].randomElement(using: &generator))
        let end = try #require(["\n", "\r\n", "\r"].randomElement(using: &generator))
        var text = ""
        var expected: [CSVReader.Record] = []
        var line = 1
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            let cells = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                let length = Int.random(in: 0...6, using: &generator)
                let content = (0..<length).compactMap { _ in alphabet.randomElement(using: &generator) }.joined()
                let mustQuote = content.utf8.contains { "\",;\t\r\n".utf8.contains($0) }
                return CSVReader.Cell(text: content, isQuoted: mustQuote || Bool.random(using: &generator))
            }
            text +=
                cells.map { cell in
                    guard cell.isQuoted else { return cell.text }
                    let doubled = cell.text.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
                    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
                }.joined(separator: delimiter) + end
            expected.append(CSVReader.Record(line: line, cells: cells))
            line += 1 + cells.map { Self.lineBreaks($0.text) }.reduce(0, +)
        }
        if Bool.random(using: &generator) { text.unicodeScalars.removeLast(end.unicodeScalars.count) }
        var reader = CSVReader(Array(text.utf8), delimiter: try #require(delimiter.utf8.first))
        var records: [CSVReader.Record] = []
        while let record = try reader.next() { records.append(record) }
        // A last record of one empty cell is nothing once its end of line is gone.
        if records.count < expected.count, expected.last?.cells == [CSVReader.Cell(text: "")] { expected.removeLast() }
        #expect(records.map(\.line) == expected.map(\.line))
        #expect(
            records.map { $0.cells.map { Array($0.text.utf8) } }
                == expected.map { $0.cells.map { Array($0.text.utf8) } })
        #expect(records.map { $0.cells.map(\.isQuoted) } == expected.map { $0.cells.map(\.isQuoted) })
    }

    private static func lineBreaks(_ text: String) -> Int {
        let bytes = Array(text.utf8)
        return bytes.indices.count { index in
            bytes[index] == 10 || bytes[index] == 13 && !(index + 1 < bytes.count && bytes[index + 1] == 10)
        }
    }

    /// Nothing that a table could be stops the reader.
    @Test func anyBytesEndInRecordsOrInAFault() {
        var generator = SplitMix(seed: 7)
        let bytes = Array("a\",\r\n".utf8)
        for _ in 0..<2_000 {
            let text = (0..<12).map { _ in bytes[Int.random(in: bytes.indices, using: &generator)] }
            var reader = CSVReader(text, delimiter: UInt8(ascii: ","))
            var records = 0
            while let record = try? reader.next() {
                #expect(!record.cells.isEmpty)
                records += 1
            }
            #expect(records <= text.count)
        }
    }
}
