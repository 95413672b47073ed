/// A recursive-descent parser of JSON (RFC 8259) whose depth is bounded, and which passes each byte a constant number of
/// times. A byte order mark is passed over.
struct JSONParser {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var at = 0
    private var depth = 0
    private var entries: [JSONText.Entry] = []
    private var unescaped: [UInt8] = []

    init(_ bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        // No text has more values than half its bytes; growing means copying.
        entries.reserveCapacity(min(bytes.count / 2 + 1, 1 << 16))
    }

    mutating func document() throws(JSONError) -> JSONText {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw fault(.notUTF8, at: error.byteOffsets.lowerBound)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
        try value()
        guard at == bytes.count else { throw expected("the end") }
        return JSONText(bytes: bytes, unescaped: unescaped, entries: entries)
    }

    private func fault(_ fault: JSONError.Fault, at position: Int? = nil) -> JSONError {
        let position = position ?? at
        let line = bytes[..<position].count { $0 == UInt8(ascii: "\n") } + 1
        return JSONError(fault: fault, line: line, byte: position + 1)
    }

    private func expected(_ what: String) -> JSONError { fault(.expected(what)) }

    /// The byte that is looked at; 0, which begins nothing, at the end.
    @inline(__always) private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    @inline(__always)
    private mutating func skipBlanks() {
        while next <= 0x20, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { at += 1 }
    }

    /// A value with the blanks around it.
    private mutating func value() throws(JSONError) {
        skipBlanks()
        switch next {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): entries.append(try number())
        case UInt8(ascii: "t"): try word("true", .bool(true))
        case UInt8(ascii: "f"): try word("false", .bool(false))
        case UInt8(ascii: "n"): try word("null", .null)
        default: throw expected("a value")
        }
        skipBlanks()
    }

    private mutating func word(_ word: String, _ entry: JSONText.Entry) throws(JSONError) {
        for byte in word.utf8 {
            guard next == byte else { throw expected(word) }
            at += 1
        }
        entries.append(entry)
    }

    /// Steps over the bracket that opens a list or an object.
    private mutating func enter() throws(JSONError) {
        guard depth < limits.depth else { throw fault(.tooDeep(maximum: limits.depth)) }
        depth += 1
        at += 1
        skipBlanks()
    }

    /// Steps over what follows an element or a member.
    /// - Returns: whether that is the closing bracket.
    @inline(__always)
    private mutating func leave(at bracket: UInt8) throws(JSONError) -> Bool {
        let isLast = next == bracket
        guard isLast || next == UInt8(ascii: ",") else {
            throw expected(", or \(Character(Unicode.Scalar(bracket)))")
        }
        at += 1
        if isLast { depth -= 1 }
        return isLast
    }

    private mutating func array() throws(JSONError) {
        let position = entries.count
        entries.append(.array(count: 0, end: position + 1))
        try enter()
        if take("]") { return depth -= 1 }
        var count = 0
        repeat {
            try value()
            count += 1
        } while try !leave(at: UInt8(ascii: "]"))
        entries[position] = .array(count: count, end: entries.count)
    }

    private mutating func object() throws(JSONError) {
        let position = entries.count
        entries.append(.object(count: 0, end: position + 1))
        try enter()
        if take("}") { return depth -= 1 }
        var count = 0
        repeat {
            try name()
            guard take(":") else { throw expected(":") }
            try value()
            count += 1
        } while try !leave(at: UInt8(ascii: "}"))
        entries[position] = .object(count: count, end: entries.count)
    }

    /// The name of a member, with the blanks around it.
    private mutating func name() throws(JSONError) {
        skipBlanks()
        guard next == UInt8(ascii: "\"") else { throw expected("a name in double quotes") }
        let (start, written) = (at, unescaped.count)
        try string()
        // What has escapes is shorter than it was written.
        let length = unescaped.count > written ? unescaped.count - written : at - start - 2
        guard length <= limits.nameBytes else { throw fault(.nameTooLong(maximum: limits.nameBytes), at: start) }
        skipBlanks()
    }
}

// MARK: Strings

extension JSONParser {
    private mutating func string() throws(JSONError) {
        at += 1
        let start = at
        while true {
            switch next {
            case UInt8(ascii: "\""):
                entries.append(.string(start: start, end: at))
                at += 1
                return
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20:
                throw expected("a character or a closing quote")
            default:
                at += 1
            }
        }
    }

    private mutating func escapedString(from start: Int) throws(JSONError) {
        let position = unescaped.count
        unescaped.append(contentsOf: bytes[start..<at])
        while true {
            let byte = next
            switch byte {
            case UInt8(ascii: "\""):
                entries.append(.unescaped(start: position, end: unescaped.count))
                at += 1
                return
            case UInt8(ascii: "\\"):
                at += 1
                try escape()
            case 0..<0x20:
                throw expected("a character or a closing quote")
            default:
                unescaped.append(byte)
                at += 1
            }
        }
    }

    private mutating func escape() throws(JSONError) {
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(next)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw expected("one of \"\\/bfnrtu")
        }
        at += 1
    }

    /// `uXXXX`, or both halves of a surrogate pair.
    private mutating func escapedScalar() throws(JSONError) {
        let start = at - 1
        var code = try hexadecimal()
        if 0xD800..<0xDC00 ~= code, next == UInt8(ascii: "\\") {
            at += 1
            let low = next == UInt8(ascii: "u") ? try hexadecimal() : 0
            guard 0xDC00..<0xE000 ~= low else { throw fault(.loneSurrogate, at: start) }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) else {
            throw fault(.loneSurrogate, at: start)
        }
        unescaped.append(contentsOf: encoded)
    }

    /// The four digits behind a `u`.
    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        at += 1
        var code: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch next {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = next - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = next - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = next - UInt8(ascii: "A") + 10
            default: throw expected("four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        return code
    }
}

// MARK: Numbers

extension JSONParser {
    private mutating func number() throws(JSONError) -> JSONText.Entry {
        let start = at
        var decimal = DecimalNumber(isNegative: take("-"))
        if !take("0") { try digits { decimal.append($0) } }
        let isWhole = next != UInt8(ascii: ".") && next != UInt8(ascii: "e") && next != UInt8(ascii: "E")
        if take(".") { try digits { decimal.append(fraction: $0) } }
        if take("e") || take("E") {
            let isNegative = !take("+") && take("-")
            var exponent = 0
            try digits { exponent = min(exponent * 10 + Int($0), 1 << 32) }
            decimal.exponent += isNegative ? -exponent : exponent
        }
        if isWhole, let integer = decimal.integer { return .integer(integer) }
        let number = decimal.double ?? Double(String(decoding: bytes[start..<at], as: UTF8.self)) ?? .infinity
        guard number.isFinite, number != 0 || decimal.isZero else { throw fault(.outOfRange, at: start) }
        // Beyond 2^53 a Double no longer tells neighbours apart.
        guard number.rounded() == number, let integer = Int64(exactly: number) else { return .number(number) }
        if number.magnitude < 0x1p53 { return .integer(integer) }
        return decimal.integer.map { .integer($0) } ?? .number(number)
    }

    @inline(__always)
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    /// One or more digits.
    private mutating func digits(_ take: (UInt8) -> Void) throws(JSONError) {
        let start = at
        while UInt8(ascii: "0")...UInt8(ascii: "9") ~= next {
            take(next - UInt8(ascii: "0"))
            at += 1
        }
        guard at > start else { throw expected("a digit") }
    }
}
