import Foundation
import SosiaCore

/// Reads a JSON body member by member; errors carry a pointer to the member (RFC 6901).
struct JSONReader: Sendable {
    /// Bytes of the name of a member; no longer one is known.
    private static let longestName = 64

    let tree: JSONTree
    let pointer: String

    init(_ tree: JSONTree, at pointer: String = "") {
        self.tree = tree
        self.pointer = pointer
    }

    /// - Parameter what: the bytes, for errors.
    init(_ bytes: [UInt8], at pointer: String = "", _ what: String = "the body is not a JSON document") throws(Problem)
    {
        do throws(JSONError) {
            self.init(try JSONTree(parsing: bytes), at: pointer)
        } catch {
            throw Problem.body(at: pointer, error.isLimit ? "\(error)" : "\(what): \(error)")
        }
    }

    func wrong(_ detail: String) -> Problem { .body(at: pointer, detail) }

    /// The members that are not null; of members of the same name the first counts.
    /// - Parameter known: the names of all permitted members.
    func object(_ known: Set<String>) throws(Problem) -> [String: JSONReader] {
        guard case .object(let members) = tree.node else { throw wrong("an object is expected") }
        var readers: [String: JSONReader] = [:]
        var seen: Set<String> = []
        for (name, value) in members {
            // Longer names are not hashed.
            guard name.utf8.count <= Self.longestName, known.contains(name) else {
                throw Self.unknown(name, at: pointer, known)
            }
            guard seen.insert(name).inserted, !value.isNull else { continue }
            readers[name] = JSONReader(value, at: pointer + "/" + name)
        }
        return readers
    }

    static func unknown(_ name: String, at pointer: String, _ known: Set<String>) -> Problem {
        Problem.body(at: pointer + "/" + escaped(name), "expected: \(known.sorted().joined(separator: ", "))")
    }

    func array(_ count: ClosedRange<Int>) throws(Problem) -> [JSONReader] {
        try elements(count).enumerated().map { JSONReader($1, at: "\(pointer)/\($0)") }
    }

    /// Many numbers, such as a vector, without a reader for each.
    func numbers(_ count: ClosedRange<Int>) throws(Problem) -> [Double] {
        let elements = try elements(count)
        if let numbers = tree.doubles { return numbers }
        let position = elements.enumerated().first { $0.element.double == nil }?.offset ?? 0
        throw Problem.body(at: "\(pointer)/\(position)", "a number is expected")
    }

    /// A vector: numbers, or base64 of their bytes (IEEE 754 binary32, little-endian), which is lossless and many times
    /// faster to read.
    func vector(_ count: ClosedRange<Int>) throws(Problem) -> [Float] {
        guard case .string(let text) = tree.node else { return try numbers(count).map { Float($0) } }
        let width = MemoryLayout<Float>.size
        guard let bytes = Data(base64Encoded: text).map([UInt8].init), bytes.count.isMultiple(of: width),
            count.contains(bytes.count / width)
        else { throw wrong("base64 of \(count.lowerBound) to \(count.upperBound) numbers of 4 bytes is expected") }
        return stride(from: 0, to: bytes.count, by: width).map { first in
            Float(bitPattern: bytes[first..<first + width].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    private func elements(_ count: ClosedRange<Int>) throws(Problem) -> JSONElements {
        guard case .array(let elements) = tree.node else { throw wrong("an array is expected") }
        guard count.contains(elements.count) else {
            throw wrong("\(elements.count) elements, expected \(count.lowerBound) to \(count.upperBound)")
        }
        return elements
    }

    func string(longest: Int = 4096) throws(Problem) -> String {
        guard case .string(let text) = tree.node else { throw wrong("a string is expected") }
        guard text.utf8.count <= longest else { throw wrong("at most \(longest) bytes are taken") }
        return text
    }

    func boolean() throws(Problem) -> Bool {
        guard case .bool(let value) = tree.node else { throw wrong("true or false is expected") }
        return value
    }

    func integer(_ range: ClosedRange<Int>) throws(Problem) -> Int {
        guard case .integer(let number) = tree.node else { throw wrong("an integer is expected") }
        guard let number = Int(exactly: number), range.contains(number) else {
            throw wrong("\(number), expected \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number() throws(Problem) -> Double {
        guard let number = tree.double else { throw wrong("a number is expected") }
        return number
    }

    /// Attributes of a picture. What is certainly too large is refused before names are hashed; the rest is measured
    /// exactly by the collection.
    /// - Parameter picture: whose they are, for errors.
    func attributes(of picture: String) throws -> Attributes {
        guard case .object(let members) = tree.node else { throw wrong("an object is expected") }
        try Attributes.check(bytes: tree.leastBytes, of: picture)
        return Attributes(members)
    }

    static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
