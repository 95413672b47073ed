/// Reads comma-separated values (RFC 4180) record by record, in bytes: a combining mark that follows a comma belongs to
/// the next cell, and only CR and LF end lines.
///
/// Lines end with CRLF, LF or CR. Spaces belong to their cell. A quote inside a cell that does not begin with one is
/// refused, because writers disagree about its meaning.
struct CSVReader {
    struct Cell: Equatable {
        let text: String
        /// `"10115"` is text on purpose, where `10115` may be a number.
        var isQuoted = false
    }

    struct Record: Equatable {
        /// Where it begins, from 1.
        let line: Int
        let cells: [Cell]
    }

    enum Fault: Error, Equatable {
        /// The line in which the quoted cell begins.
        case openQuote(line: Int)
        case quoteInside(line: Int)
        case textBehindQuote(line: Int)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var position = 0
    private var line = 1

    /// What stands between the first two cells, of comma, semicolon and tab; a comma where there is only one.
    static func delimiter(of text: [UInt8]) -> UInt8 {
        var isQuoted = false
        for byte in text {
            if byte == quote { isQuoted.toggle() }
            if isQuoted { continue }
            if ",;\t".utf8.contains(byte) { return byte }
            if byte == lineFeed || byte == carriageReturn { break }
        }
        return UInt8(ascii: ",")
    }

    /// - Parameter text: UTF-8.
    init(_ text: [UInt8], delimiter: UInt8) {
        bytes = text
        self.delimiter = delimiter
    }

    /// - Returns: nil at the end.
    mutating func next() throws(Fault) -> Record? {
        guard position < bytes.count else { return nil }
        let start = line
        var cells: [Cell] = []
        repeat { cells.append(try cell()) } while pass(delimiter)
        if !pass(Self.lineFeed), pass(Self.carriageReturn) { pass(Self.lineFeed) }
        return Record(line: start, cells: cells)
    }

    private mutating func cell() throws(Fault) -> Cell {
        let opened = line
        guard pass(Self.quote) else { return Cell(text: try plainText()) }
        var text: [UInt8] = []
        while position < bytes.count {
            // A quote in quotes is written twice.
            if pass(Self.quote), !isAt(Self.quote) {
                guard isAtEndOfCell else { throw .textBehindQuote(line: line) }
                return Cell(text: String(decoding: text, as: UTF8.self), isQuoted: true)
            }
            text.append(bytes[position])
            pass(bytes[position])
        }
        throw .openQuote(line: opened)
    }

    private mutating func plainText() throws(Fault) -> String {
        let start = position
        while !isAtEndOfCell {
            if isAt(Self.quote) { throw .quoteInside(line: line) }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private var isAtEndOfCell: Bool {
        position == bytes.count || isAt(delimiter) || isAt(Self.lineFeed) || isAt(Self.carriageReturn)
    }

    private func isAt(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

    /// Goes on behind this byte if it is the next one.
    @discardableResult
    private mutating func pass(_ byte: UInt8) -> Bool {
        guard isAt(byte) else { return false }
        position += 1
        if byte == Self.lineFeed || byte == Self.carriageReturn && !isAt(Self.lineFeed) { line += 1 }
        return true
    }
}
