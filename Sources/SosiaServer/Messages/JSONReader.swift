import Foundation
import SosiaCore

/// Reads a JSON body member by member; errors carry a pointer to the member (RFC 6901).
struct JSONReader: Sendable {
    let value: JSONValue
    let pointer: String

    init(_ value: JSONValue, at pointer: String = "") {
        self.value = value
        self.pointer = pointer
    }

    init(_ bytes: [UInt8]) throws(Problem) {
        guard let value = Self.value(bytes) else { throw Problem.body(at: "", "the body is not a JSON document") }
        self.init(value)
    }

    /// - Returns: nil when the bytes are not a JSON document.
    static func value(_ bytes: [UInt8]) -> JSONValue? {
        try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    func wrong(_ detail: String) -> Problem { .body(at: pointer, detail) }

    /// The members that are not null.
    /// - Parameter known: the names of all permitted members.
    func object(_ known: Set<String>) throws(Problem) -> [String: JSONReader] {
        guard case .object(let members) = value else { throw wrong("an object is expected") }
        if let unknown = members.keys.filter({ !known.contains($0) }).sorted().first {
            throw Problem.body(
                at: pointer + "/" + Self.escaped(unknown), "expected: \(known.sorted().joined(separator: ", "))")
        }
        return members.reduce(into: [:]) { readers, member in
            if member.value != .null {
                readers[member.key] = JSONReader(member.value, at: pointer + "/" + Self.escaped(member.key))
            }
        }
    }

    func array(_ count: ClosedRange<Int>) throws(Problem) -> [JSONReader] {
        try elements(count).enumerated().map { JSONReader($1, at: "\(pointer)/\($0)") }
    }

    /// Many numbers, such as a vector, without a reader for each.
    func numbers(_ count: ClosedRange<Int>) throws(Problem) -> [Double] {
        var numbers: [Double] = []
        for (position, element) in try elements(count).enumerated() {
            guard let number = Self.number(element) else {
                throw Problem.body(at: "\(pointer)/\(position)", "a number is expected")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// A vector: numbers, or base64 of their bytes (IEEE 754 binary32, little-endian), which is lossless and many times
    /// faster to read.
    func vector(_ count: ClosedRange<Int>) throws(Problem) -> [Float] {
        guard case .string(let text) = value else { return try numbers(count).map { Float($0) } }
        let width = MemoryLayout<Float>.size
        guard let bytes = Data(base64Encoded: text).map([UInt8].init), bytes.count.isMultiple(of: width),
            count.contains(bytes.count / width)
        else { throw wrong("base64 of \(count.lowerBound) to \(count.upperBound) numbers of 4 bytes is expected") }
        return stride(from: 0, to: bytes.count, by: width).map { first in
            Float(bitPattern: bytes[first..<first + width].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    private func elements(_ count: ClosedRange<Int>) throws(Problem) -> [JSONValue] {
        guard case .array(let elements) = value else { throw wrong("an array is expected") }
        guard count.contains(elements.count) else {
            throw wrong("\(elements.count) elements, expected \(count.lowerBound) to \(count.upperBound)")
        }
        return elements
    }

    func string(longest: Int = 4096) throws(Problem) -> String {
        guard case .string(let text) = value else { throw wrong("a string is expected") }
        guard text.utf8.count <= longest else { throw wrong("at most \(longest) bytes are taken") }
        return text
    }

    func boolean() throws(Problem) -> Bool {
        guard case .bool(let value) = value else { throw wrong("true or false is expected") }
        return value
    }

    func integer(_ range: ClosedRange<Int>) throws(Problem) -> Int {
        guard case .integer(let number) = value else { throw wrong("an integer is expected") }
        guard let number = Int(exactly: number), range.contains(number) else {
            throw wrong("\(number), expected \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number() throws(Problem) -> Double {
        guard let number = Self.number(value) else { throw wrong("a number is expected") }
        return number
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number) where number.isFinite: number
        default: nil
        }
    }

    func attributes() throws(Problem) -> Attributes {
        guard case .object(let members) = value else { throw wrong("an object is expected") }
        return members
    }

    static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
