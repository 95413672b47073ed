/// A JSON text that was read: its values in their order, the members of objects as often as they are there.
///
/// What strangers send is picked from a tree by the names that are expected. A dictionary would have to hash their names,
/// and Swift's hash of a text that is not ASCII costs hundreds of instructions a byte, because texts that Unicode takes
/// for equal have one hash; that of one long text of accents is quadratic.
package struct JSONTree: Sendable {
    /// A value; those of lists and objects are trees again.
    package enum Node {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
        case array(JSONElements)
        case object(JSONMembers)
    }

    fileprivate let text: JSONText
    fileprivate let position: Int

    /// Reads a text (RFC 8259), in time and memory proportional to its length.
    /// - Throws: ``JSONError``
    package init(parsing bytes: [UInt8], limits: JSONLimits = .outside) throws(JSONError) {
        var parser = JSONParser(bytes, limits: limits)
        self.init(text: try parser.document(), position: 0)
    }

    /// - Throws: ``JSONError``
    package init(parsing text: String, limits: JSONLimits = .outside) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// A text that is no JSON but a value itself.
    package init(string: String) {
        let bytes = Array(string.utf8)
        let entry = JSONText.Entry.string(start: 0, end: bytes.count)
        self.init(text: JSONText(bytes: bytes, unescaped: [], entries: [entry]), position: 0)
    }

    fileprivate init(text: JSONText, position: Int) {
        self.text = text
        self.position = position
    }

    package var node: Node {
        let entry = text.entries[position]
        return switch entry {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string, .unescaped: .string(text.string(entry))
        case .array(let count, _): .array(JSONElements(text: text, count: count, position: position + 1))
        case .object(let count, _): .object(JSONMembers(text: text, count: count, position: position + 1))
        }
    }

    /// The first member of that name, which is compared byte by byte; nil if there is none, or if this is no object.
    package func member(_ name: String) -> JSONTree? {
        guard case .object(let members) = node else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The bytes of this value as JSON, if no text needs escapes and each number is one digit: it never has fewer. That
    /// is told without reading any text.
    package var leastBytes: Int {
        let entries = text.entries[position..<text.end(position)]
        // A comma or a colon before all but the first in each list and object.
        return entries.reduce(entries.count - 1) { bytes, entry in
            switch entry {
            case .null, .bool(true): bytes + 4
            case .bool(false): bytes + 5
            case .integer, .number: bytes + 1
            case .string(let start, let end), .unescaped(let start, let end): bytes + end - start + 2
            case .array(let count, _), .object(let count, _): bytes + (count == 0 ? 2 : 1)
            }
        }
    }

    package var isNull: Bool { if case .null = text.entries[position] { true } else { false } }

    /// nil unless this is a text.
    package var string: String? { if case .string(let text) = node { text } else { nil } }

    /// nil unless this is true or false.
    package var bool: Bool? { if case .bool(let value) = node { value } else { nil } }

    /// nil unless this is a list of numbers.
    package var doubles: [Double]? {
        guard case .array(let count, let end) = text.entries[position] else { return nil }
        var numbers: [Double] = []
        numbers.reserveCapacity(count)
        for entry in text.entries[(position + 1)..<end] {
            switch entry {
            case .integer(let value): numbers.append(Double(value))
            case .number(let value): numbers.append(value)
            default: return nil
            }
        }
        return numbers
    }

    /// nil unless this is a number.
    package var double: Double? {
        switch text.entries[position] {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

/// The elements of a list.
package struct JSONElements: Sequence, IteratorProtocol {
    fileprivate let text: JSONText
    /// Of those that are left.
    package fileprivate(set) var count: Int
    fileprivate var position: Int

    package var underestimatedCount: Int { count }

    package mutating func next() -> JSONTree? {
        if count == 0 { return nil }
        defer {
            count -= 1
            position = text.end(position)
        }
        return JSONTree(text: text, position: position)
    }
}

/// The members of an object.
package struct JSONMembers: Sequence, IteratorProtocol {
    fileprivate let text: JSONText
    /// Of those that are left.
    package fileprivate(set) var count: Int
    fileprivate var position: Int

    package var underestimatedCount: Int { count }

    package mutating func next() -> (name: String, value: JSONTree)? {
        if count == 0 { return nil }
        defer {
            count -= 1
            position = text.end(position + 1)
        }
        return (text.string(text.entries[position]), JSONTree(text: text, position: position + 1))
    }
}

/// The values of a text one after another, each list and object before what is in it, each name before its value.
final class JSONText: Sendable {
    enum Entry {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        /// The bytes of the text from `start` to `end`.
        case string(start: Int, end: Int)
        /// Likewise of the texts that had escapes.
        case unescaped(start: Int, end: Int)
        /// `end` is the position behind all that is in it.
        case array(count: Int, end: Int)
        case object(count: Int, end: Int)
    }

    private let bytes: [UInt8]
    private let unescaped: [UInt8]
    fileprivate let entries: [Entry]

    init(bytes: [UInt8], unescaped: [UInt8], entries: [Entry]) {
        self.bytes = bytes
        self.unescaped = unescaped
        self.entries = entries
    }

    fileprivate func string(_ entry: Entry) -> String {
        switch entry {
        case .string(let start, let end): String(decoding: bytes[start..<end], as: UTF8.self)
        case .unescaped(let start, let end): String(decoding: unescaped[start..<end], as: UTF8.self)
        default: ""
        }
    }

    /// The position behind a value and all that is in it.
    fileprivate func end(_ position: Int) -> Int {
        switch entries[position] {
        case .array(_, let end), .object(_, let end): end
        default: position + 1
        }
    }
}

/// How much of a JSON text is read.
package struct JSONLimits: Sendable {
    /// How deep lists and objects may be nested.
    let depth: Int
    /// Bytes of the name of a member.
    let nameBytes: Int

    /// For what comes from outside.
    package static let outside = JSONLimits(depth: JSONValue.maximumDepth, nameBytes: JSONValue.maximumNameBytes)
    /// For what is kept already: SQLite reads no JSON that is deeper.
    package static let stored = JSONLimits(depth: 1_000, nameBytes: .max)
}

extension JSONValue {
    /// How deep lists and objects that come from outside may be nested.
    public static let maximumDepth = 32
    /// Bytes of the name of a member that comes from outside: names are hashed whenever they are read.
    public static let maximumNameBytes = 256
}
