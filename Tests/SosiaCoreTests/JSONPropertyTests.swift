import Foundation
import Testing

@testable import SosiaCore

/// Foundation's reader as the reference, on random values and on damaged texts. All of it is repeatable.
struct JSONPropertyTests {
    private static let characters = Array("ab \"\\/\n\t\0\u{1}\u{7f}é\u{301}日😀{}[],:0".unicodeScalars)

    private static func text(_ generator: inout SplitMix) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            text.append(characters.randomElement(using: &generator) ?? "x")
        }
        return String(text)
    }

    private static func value(_ generator: inout SplitMix, depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth < 6 ? 9 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(Int64(bitPattern: generator.next()) >> Int64.random(in: 0..<64, using: &generator))
        case 3:
            let number = Double(bitPattern: generator.next())
            return number.isFinite && number.rounded() != number ? .number(number) : .number(0.1)
        case 4: return .number(Double.random(in: -1...1, using: &generator))
        case 5: return .string(text(&generator))
        case 6, 7:
            return .array(
                (0..<Int.random(in: 0...5, using: &generator)).map { _ in value(&generator, depth: depth + 1) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0...5, using: &generator) {
                members[text(&generator)] = value(&generator, depth: depth + 1)
            }
            return .object(members)
        }
    }

    /// What Foundation reads, as a value of ours.
    private static func reference(_ object: Any) -> JSONValue? {
        switch object {
        case is NSNull: return .null
        case let text as String: return .string(text)
        case let list as [Any]:
            let values = list.compactMap(reference)
            return values.count == list.count ? .array(values) : nil
        case let members as [String: Any]: return .object(members.compactMapValues(reference))
        case let number as NSNumber:
            if String(cString: number.objCType) == "c" { return .bool(number.boolValue) }
            let double = number.doubleValue
            if double.rounded() == double, Int64(exactly: double) != nil { return .integer(number.int64Value) }
            return .number(double)
        default: return nil
        }
    }

    /// `JSONSerialization` does not always give the nearest `Double`; how exact numbers are is a test of its own.
    private static func isReference(_ bytes: [UInt8], of value: JSONValue) -> Bool {
        let object = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        return object.flatMap(reference).map { isLike($0, value) } ?? false
    }

    private static func isLike(_ value: JSONValue, _ other: JSONValue) -> Bool {
        if let number = value.double, let other = other.double {
            return abs(number - other) <= 1e-14 * max(number.magnitude, other.magnitude)
        }
        switch (value, other) {
        case (.array(let values), .array(let others)):
            return values.count == others.count && zip(values, others).allSatisfy(isLike)
        case (.object(let members), .object(let others)):
            return members.count == others.count
                && members.allSatisfy { name, value in others[name].map { isLike(value, $0) } ?? false }
        default: return value == other
        }
    }

    @Test func whatIsWrittenIsReadByBoth() throws {
        var generator = SplitMix(seed: 11)
        for _ in 0..<3_000 {
            let value = Self.value(&generator)
            let bytes = value.json
            #expect(try JSONValue(JSONTree(parsing: bytes)) == value)
            #expect(Self.isReference(bytes, of: value))
            #expect(try JSONTree(parsing: bytes).leastBytes <= bytes.count)
        }
    }

    @Test func whatFoundationWritesIsReadAlike() throws {
        var generator = SplitMix(seed: 12)
        for _ in 0..<1_000 {
            let value = JSONValue.array([Self.value(&generator)])
            let object = try JSONSerialization.jsonObject(with: Data(value.json))
            for options in [[], [.prettyPrinted]] as [JSONSerialization.WritingOptions] {
                let bytes = [UInt8](try JSONSerialization.data(withJSONObject: object, options: options))
                #expect(try JSONValue(JSONTree(parsing: bytes)) == value)
            }
        }
    }

    /// Every cut is refused, and a flipped bit gives what it gives Foundation, or an error with a place in the text.
    @Test func damagedTextsAreReadAsFoundationReadsThemOrRefused() throws {
        var generator = SplitMix(seed: 13)
        for _ in 0..<150 {
            let bytes = JSONValue.array([Self.value(&generator)]).json
            for length in 0..<min(bytes.count, 60) {
                #expect(throws: JSONError.self) { try JSONTree(parsing: Array(bytes.prefix(length))) }
            }
            for _ in 0..<60 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let position = Int.random(in: 0..<damaged.count, using: &generator)
                    damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
                switch Self.outcome(damaged) {
                case .success(let value):
                    #expect(Self.isReference(damaged, of: value), "\(String(decoding: damaged, as: UTF8.self))")
                case .failure(let error):
                    #expect(1...damaged.count + 1 ~= error.byte && error.line >= 1)
                }
            }
        }
    }

    private static func outcome(_ bytes: [UInt8]) -> Result<JSONValue, JSONError> {
        Result { () throws(JSONError) in JSONValue(try JSONTree(parsing: bytes)) }
    }

    /// Decimal numbers of all sizes, also those that lie between two `Double`s.
    @Test func numbersAreTheNearestDoubles() throws {
        var generator = SplitMix(seed: 14)
        var texts = [
            "2.2250738585072011e-308", "2.2250738585072014e-308", "4.9406564584124654e-324", "1.7976931348623157e308",
        ]
        for _ in 0..<20_000 {
            let digits = String(
                (0..<Int.random(in: 1...25, using: &generator)).map { _ in
                    Character("\(Int.random(in: 0...9, using: &generator))")
                })
            texts.append("1\(digits).\(digits)e\(Int.random(in: -345...310, using: &generator))")
            texts.append("0.\(digits)e\(Int.random(in: -30...30, using: &generator))")
            let double = Double(bitPattern: generator.next() >> 1)
            if double.isFinite { texts.append("\(double)") }
            // Halfway between two neighbours, and a little beside.
            let whole = UInt64.random(in: 1 << 53..<1 << 54, using: &generator) | 1
            texts += [
                "\(whole).0", "\(whole).00000000000000000000000000000001", "\(whole - 1).99999999999999999999999",
            ]
        }
        for text in texts {
            let expected = try #require(Double(text))
            switch try? JSONTree(parsing: text).node {
            case .number(let number): #expect(number == expected, "\(text)")
            case .integer(let number): #expect(Double(number) == expected || expected.magnitude >= 0x1p53, "\(text)")
            default: #expect(expected.isInfinite || expected == 0, "\(text)")
            }
        }
    }

    @Test func namesAreSortedByTheirBytesAndTextsEscaped() throws {
        let value = JSONValue.object([
            "b": .number(1e300), "a": .number(3), "é": .null, "": .number(-0.5), "B": .integer(-1),
            "z": .string("\"\\\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}/é😀"), "n": .number(.nan), "日": .array([.object([:])]),
        ])
        let text = String(decoding: value.json, as: UTF8.self)
        #expect(text.utf8.starts(with: #"{"":-0.5,"B":-1,"a":3,"b":1e+300,"#.utf8))
        #expect(text.contains(#""z":"\"\\\b\f\n\r\t\u0001\u001f"# + "\u{7f}/é😀\""))
        #expect(text.utf8.reversed().starts(with: #","日":[{}]}"#.utf8.reversed()))
        #expect(text.contains(#""n":null"#))
    }
}
