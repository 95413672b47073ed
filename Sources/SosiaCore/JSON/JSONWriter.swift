/// Writes JSON (RFC 8259) into a buffer, in time proportional to what is written.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    /// Whether a value was written at this level, so that the next one needs a comma.
    private var isFollowing = false

    package init() {}

    package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        try enclose("{", "}", members)
    }

    package mutating func array<Values: Sequence>(
        _ values: Values, _ write: (inout JSONWriter, Values.Element) throws -> Void
    ) rethrows {
        try enclose("[", "]") { json in
            for value in values { try write(&json, value) }
        }
    }

    package mutating func member(_ name: String, _ value: some JSONWritable) {
        key(name)
        value.write(to: &self)
    }

    package mutating func member(_ name: String, _ write: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try write(&self)
    }

    package mutating func member<Values: Sequence>(
        _ name: String, _ values: Values, _ write: (inout JSONWriter, Values.Element) throws -> Void
    ) rethrows {
        key(name)
        try array(values, write)
    }

    /// Writes a number, `true`, `false` or `null` verbatim.
    package mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        isFollowing = true
    }

    package mutating func string(_ text: String) {
        separate()
        quote(text)
        isFollowing = true
    }

    private mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        isFollowing = false
    }

    private mutating func enclose(
        _ opening: Unicode.Scalar, _ closing: Unicode.Scalar, _ body: (inout JSONWriter) throws -> Void
    ) rethrows {
        separate()
        bytes.append(UInt8(ascii: opening))
        isFollowing = false
        try body(&self)
        bytes.append(UInt8(ascii: closing))
        isFollowing = true
    }

    private mutating func separate() {
        if isFollowing { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        // Without a branch for each byte, so that many are compared at once.
        var special: UInt8 = 0
        for byte in bytes[start...] {
            special |= byte < 0x20 ? 1 : 0
            special |= byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? 1 : 0
        }
        if special != 0 {
            bytes.removeSubrange(start...)
            for byte in text.utf8 { escape(byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0x08: bytes += "\\b".utf8
        case 0x09: bytes += "\\t".utf8
        case 0x0A: bytes += "\\n".utf8
        case 0x0C: bytes += "\\f".utf8
        case 0x0D: bytes += "\\r".utf8
        case 0..<0x20:
            let digits = String(byte, radix: 16)
            bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
        default: bytes.append(byte)
        }
    }
}

/// A value that can be written as JSON.
package protocol JSONWritable {
    func write(to json: inout JSONWriter)
}

extension JSONWritable {
    /// As JSON, in UTF-8.
    package var json: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }
}

extension String: JSONWritable {
    package func write(to json: inout JSONWriter) { json.string(self) }
}

extension Bool: JSONWritable {
    package func write(to json: inout JSONWriter) { json.literal(self ? "true" : "false") }
}

extension Int: JSONWritable {
    package func write(to json: inout JSONWriter) { json.literal(String(self)) }
}

extension Int64: JSONWritable {
    package func write(to json: inout JSONWriter) { json.literal(String(self)) }
}

/// JSON has no infinity and no NaN: they become null.
extension Float: JSONWritable {
    package func write(to json: inout JSONWriter) { json.literal(isFinite ? description : "null") }
}

extension Double: JSONWritable {
    package func write(to json: inout JSONWriter) { json.literal(isFinite ? description : "null") }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    package func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { json.literal("null") }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    package func write(to json: inout JSONWriter) { json.array(self) { $1.write(to: &$0) } }
}

/// Names are sorted by their bytes, so that equal values have equal texts.
extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            for (name, value) in sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                json.member(name, value)
            }
        }
    }
}

extension ImageID: JSONWritable {
    package func write(to json: inout JSONWriter) { rawValue.write(to: &json) }
}

extension JSONValue: JSONWritable {
    package func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.literal("null")
        case .bool(let value): value.write(to: &json)
        case .integer(let value): value.write(to: &json)
        case .number(let value):
            let text = value.description
            if text.hasSuffix(".0") { json.literal(String(text.dropLast(2))) } else { value.write(to: &json) }
        case .string(let value): value.write(to: &json)
        case .array(let values): values.write(to: &json)
        case .object(let members): members.write(to: &json)
        }
    }
}
