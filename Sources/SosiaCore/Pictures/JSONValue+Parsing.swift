/// What is wrong with a JSON text; the offset counts bytes from 0.
struct JSONTextError: Error, Hashable, CustomStringConvertible {
    let offset: Int

    var description: String { "the JSON ends or goes wrong at byte \(offset)" }
}

extension JSONValue {
    /// Lists and objects inside each other.
    static let maximumDepth = 64

    /// Reads a JSON text (RFC 8259). Of names that an object has twice the last counts.
    init(parsing text: String) throws(JSONTextError) {
        var reader = JSONTextReader(bytes: Array(text.utf8))
        self = try reader.document()
    }
}

private struct JSONTextReader {
    let bytes: [UInt8]
    private var at = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var error: JSONTextError { JSONTextError(offset: at) }
    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    mutating func document() throws(JSONTextError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard at == bytes.count else { throw error }
        return value
    }

    private mutating func value(depth: Int) throws(JSONTextError) -> JSONValue {
        guard depth <= JSONValue.maximumDepth else { throw error }
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONTextError) -> JSONValue {
        var members: [String: JSONValue] = [:]
        at += 1
        if takes("}") { return .object(members) }
        repeat {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw error }
            let name = try string()
            guard takes(":") else { throw error }
            members[name] = try value(depth: depth + 1)
        } while takes(",")
        guard takes("}") else { throw error }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONTextError) -> JSONValue {
        var elements: [JSONValue] = []
        at += 1
        if takes("]") { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while takes(",")
        guard takes("]") else { throw error }
        return .array(elements)
    }

    private mutating func number() throws(JSONTextError) -> JSONValue {
        let start = at
        while let byte, "+-.0123456789eE".utf8.contains(byte) { at += 1 }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            at = start
            throw error
        }
        return .number(number)
    }

    private mutating func string() throws(JSONTextError) -> String {
        var text: [UInt8] = []
        at += 1
        while let byte, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error }
            at += 1
            if byte == UInt8(ascii: "\\") { text += try escape() } else { text.append(byte) }
        }
        guard byte != nil else { throw error }
        at += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape() throws(JSONTextError) -> [UInt8] {
        guard let byte else { throw error }
        at += 1
        switch byte {
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"):
            var units = [try unit()]
            if UTF16.isLeadSurrogate(units[0]), at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
                bytes[at + 1] == UInt8(ascii: "u")
            {
                at += 2
                units.append(try unit())
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: throw error
        }
    }

    /// Four hexadecimal digits.
    private mutating func unit() throws(JSONTextError) -> UInt16 {
        guard at + 4 <= bytes.count, let unit = UInt16(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        else { throw error }
        at += 4
        return unit
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONTextError) -> JSONValue {
        guard bytes[at...].starts(with: word.utf8) else { throw error }
        at += word.utf8.count
        return value
    }

    private mutating func takes(_ symbol: Unicode.Scalar) -> Bool {
        skipSpace()
        guard byte == UInt8(ascii: symbol) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || (9...10).contains(byte) || byte == 13 { at += 1 }
    }
}
