import HTTPTypes
import Hummingbird
import NIOCore
import SosiaCore

/// Writes JSON (RFC 8259) directly into a buffer: `JSONEncoder` would take longer than a search of a small collection.
struct JSONWriter {
    private(set) var buffer = ByteBuffer()
    /// Whether a value was written at this level, so that the next one needs a comma.
    private var isFollowing = false

    mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        try enclose("{", "}", members)
    }

    mutating func array<Values: Sequence>(
        _ values: Values, _ write: (inout JSONWriter, Values.Element) throws -> Void
    ) rethrows {
        try enclose("[", "]") { json in
            for value in values { try write(&json, value) }
        }
    }

    mutating func member(_ name: String, _ value: some JSONWritable) {
        key(name)
        value.write(to: &self)
    }

    mutating func member(_ name: String, _ write: (inout JSONWriter) throws -> Void) rethrows {
        key(name)
        try write(&self)
    }

    mutating func member<Values: Sequence>(
        _ name: String, _ values: Values, _ write: (inout JSONWriter, Values.Element) throws -> Void
    ) rethrows {
        key(name)
        try array(values, write)
    }

    /// Writes a number, `true`, `false` or `null` verbatim.
    mutating func literal(_ text: String) {
        separate()
        buffer.writeString(text)
        isFollowing = true
    }

    mutating func string(_ text: String) {
        separate()
        quote(text)
        isFollowing = true
    }

    private mutating func key(_ name: String) {
        separate()
        quote(name)
        buffer.writeInteger(UInt8(ascii: ":"))
        isFollowing = false
    }

    private mutating func enclose(
        _ opening: Unicode.Scalar, _ closing: Unicode.Scalar, _ body: (inout JSONWriter) throws -> Void
    ) rethrows {
        separate()
        buffer.writeInteger(UInt8(ascii: opening))
        isFollowing = false
        try body(&self)
        buffer.writeInteger(UInt8(ascii: closing))
        isFollowing = true
    }

    private mutating func separate() {
        if isFollowing { buffer.writeInteger(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        buffer.writeInteger(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            buffer.writeString(text)
        } else {
            for byte in text.utf8 { escape(byte) }
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            buffer.writeInteger(UInt8(ascii: "\\"))
            buffer.writeInteger(byte)
        case 0..<0x20:
            let digits = String(byte, radix: 16)
            buffer.writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default:
            buffer.writeInteger(byte)
        }
    }
}

/// A value that can be written as JSON.
protocol JSONWritable {
    func write(to json: inout JSONWriter)
}

extension String: JSONWritable {
    func write(to json: inout JSONWriter) { json.string(self) }
}

extension Bool: JSONWritable {
    func write(to json: inout JSONWriter) { json.literal(self ? "true" : "false") }
}

extension Int: JSONWritable {
    func write(to json: inout JSONWriter) { json.literal(String(self)) }
}

extension Int64: JSONWritable {
    func write(to json: inout JSONWriter) { json.literal(String(self)) }
}

/// JSON has no infinity and no NaN: they become null.
extension Float: JSONWritable {
    func write(to json: inout JSONWriter) { json.literal(isFinite ? description : "null") }
}

extension Double: JSONWritable {
    func write(to json: inout JSONWriter) { json.literal(isFinite ? description : "null") }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { json.literal("null") }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    func write(to json: inout JSONWriter) { json.array(self) { $1.write(to: &$0) } }
}

/// Keys are sorted, so that equal values have equal texts.
extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            for (key, value) in sorted(by: { $0.key < $1.key }) { json.member(key, value) }
        }
    }
}

extension ImageID: JSONWritable {
    func write(to json: inout JSONWriter) { rawValue.write(to: &json) }
}

extension JSONValue: JSONWritable {
    func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.literal("null")
        case .bool(let value): value.write(to: &json)
        case .integer(let value): value.write(to: &json)
        case .number(let value): value.write(to: &json)
        case .string(let value): value.write(to: &json)
        case .array(let values): values.write(to: &json)
        case .object(let members): members.write(to: &json)
        }
    }
}

extension Response {
    /// An answer that is a JSON document.
    static func json(
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var json = JSONWriter()
        try write(&json)
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: json.buffer))
    }
}
