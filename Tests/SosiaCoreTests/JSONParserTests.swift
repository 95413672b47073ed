import Testing

@testable import SosiaCore

struct JSONParserTests {
    private static func read(_ text: String) throws(JSONError) -> JSONValue { try JSONValue(parsing: text) }

    @Test(
        "Every kind of JSON value is read as what it is",
        arguments: [
            ("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false)), ("\"1\"", .string("1")),
            ("[1,null]", .array([.integer(1), .null])), ("[]", .array([])), ("{}", .object([:])),
            ("{\"a\":0.5}", .object(["a": .number(0.5)])), (" \t\r\n[ 1 , 2 ]\n", .array([.integer(1), .integer(2)])),
            ("{ \"a\" : { } , \"\" : [ ] }", .object(["a": .object([:]), "": .array([])])),
            (#""\"\\\/\b\f\n\r\tA\u00e9\uD83D\uDE00""#, .string("\"\\/\u{8}\u{c}\n\r\tAé😀")),
            (#""\u0000\u001F""#, .string("\0\u{1f}")), ("\"\u{7f}\u{2028}日\"", .string("\u{7f}\u{2028}日")),
            ("\u{feff}1", .integer(1)), ("\"\u{feff}\"", .string("\u{feff}")),
        ])
    func reading(text: String, value: JSONValue) throws {
        #expect(try Self.read(text) == value)
    }

    /// What is whole is an integer, however it is written, if 64 bits hold it.
    @Test(arguments: [
        ("0", JSONValue.integer(0)), ("-0", .integer(0)), ("-0.0", .integer(0)), ("1e3", .integer(1000)),
        ("1E+3", .integer(1000)), ("1.0", .integer(1)), ("0.1e1", .integer(1)), ("-1.5", .number(-1.5)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("-9223372036854775809", .number(-9_223_372_036_854_775_808)), ("9223372036854775807.0", .number(0x1p63)),
        ("9007199254740993", .integer(9_007_199_254_740_993)),
        ("9007199254740993.0", .integer(9_007_199_254_740_993)),
        ("9007199254740993.5", .integer(9_007_199_254_740_993)), ("1e18", .integer(1_000_000_000_000_000_000)),
        ("100000000000000000000e-2", .integer(1_000_000_000_000_000_000)), ("1e19", .number(1e19)),
        ("1.0000000000000001", .integer(1)), ("1e308", .number(1e308)), ("5e-324", .number(.leastNonzeroMagnitude)),
        ("0e999999999999999999999", .integer(0)), ("0.1000000000000000055511151231257827021181583404541", .number(0.1)),
    ])
    func numbers(text: String, value: JSONValue) throws {
        #expect(try Self.read(text) == value)
        #expect(try Self.read("[" + text + "]") == .array([value]))
    }

    @Test(arguments: [
        "1e400", "-1e400", "1e-400", "2e-324", "1.7976931348623159e308", "1e99999999999999999999",
        "1e-99999999999999999999",
    ])
    func numbersThatADoubleCannotHoldAreRefused(text: String) {
        #expect(throws: JSONError(fault: .outOfRange, line: 1, byte: 2)) { try Self.read("[" + text + "]") }
    }

    /// The classes of texts that no parser may take, each with the byte at which it is found out.
    @Test(arguments: [
        ("", 1), (" ", 2), ("[1,]", 4), ("[,1]", 2), ("[1,,2]", 4), ("[1 2]", 4), ("[1", 3), ("[", 2), ("]", 1),
        ("[1]]", 4),
        ("[1}", 3), ("{", 2), ("{\"a\":1,}", 8), ("{\"a\"}", 5), ("{\"a\" 1}", 6), ("{\"a\":}", 6), ("{a:1}", 2),
        ("{1:1}", 2),
        ("{\"a\":1 \"b\":2}", 8), ("{'a':1}", 2), ("{\"a\":1]", 7), ("1 2", 3), ("nul", 4), ("nulL", 4), ("True", 1),
        ("NaN", 1),
        ("Infinity", 1), ("-Infinity", 2), ("01", 2), ("-01", 3), ("-", 2), ("--1", 2), ("+1", 1), (".5", 1), ("1.", 3),
        ("1.e1", 3), ("1e", 3), ("1e+", 4), ("1.5.5", 4), ("0x10", 2), ("1_000", 2), ("1,5", 2), ("\"", 2), ("\"a", 3),
        ("\"\t\"", 2), ("\"\n\"", 2), ("\"\0\"", 2), (#""\x""#, 3), (#""\u12""#, 6), (#""\u12G4""#, 6), (#""\"#, 3),
        (#""\u""#, 4), ("'a'", 1), ("/**/1", 1), ("1//", 2), ("1\0", 2), ("\0", 1), ("\u{a0}1", 1), ("\u{2028}1", 1),
        ("[1]x", 4),
        ("[\u{c}1]", 2), ("\u{feff}", 4), ("\u{feff}\u{feff}1", 4), ("#1", 1), ("<1>", 1), ("undefined", 1),
        ("[1]\u{feff}", 4),
    ])
    func textsThatAreNotJSONAreRefused(text: String, byte: Int) {
        #expect {
            try Self.read(text)
        } throws: { error in
            guard let error = error as? JSONError, case .expected = error.fault else { return false }
            return error.byte == byte
        }
    }

    @Test(arguments: [
        #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#, #""\udc00\ud800""#,
    ])
    func halvesOfSurrogatePairsAreRefused(text: String) {
        #expect(throws: JSONError(fault: .loneSurrogate, line: 1, byte: 2)) { try Self.read(text) }
    }

    @Test(
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE6, 0x97]]
            as [[UInt8]])
    func whatIsNotUTF8IsRefused(bytes: [UInt8]) {
        #expect(throws: JSONError(fault: .notUTF8, line: 1, byte: 2)) {
            try JSONTree(parsing: Array("\"".utf8) + bytes + Array("\"".utf8))
        }
    }

    @Test func errorsSayWhereAndWhatIsExpected() {
        for (text, words) in [
            ("{\n  \"a\": 1,\n  b: 2\n}", "line 3, byte 15: a name in double quotes is expected"),
            ("[1\n2]", "line 2, byte 4: , or ] is expected"), ("{\"a\" 1}", "line 1, byte 6: : is expected"),
            ("[1] 2", "line 1, byte 5: the end is expected"),
            ("[1e999]", "line 1, byte 2: the number is too large or too small"),
        ] {
            #expect {
                try Self.read(text)
            } throws: {
                "\($0)" == words
            }
        }
    }

    /// As it always was: the first counts, and names that Unicode takes for equal are one.
    @Test func ofMembersOfTheSameNameTheFirstCounts() throws {
        #expect(try Self.read(#"{"a":1,"b":0,"a":2,"\u0061":3}"#) == .object(["a": .integer(1), "b": .integer(0)]))
        for names in [["\u{e9}", "e\u{301}"], ["e\u{301}", "\u{e9}"]] {
            guard case .object(let members) = try Self.read("{\"\(names[0])\":1,\"\(names[1])\":2}") else {
                Issue.record("no object")
                return
            }
            #expect(members.count == 1)
            #expect(members.first.map { Array($0.key.utf8) } == Array(names[0].utf8))
            #expect(members.first?.value == .integer(1))
        }
        let tree = try JSONTree(parsing: #"{"a":null,"\u00e9":2,"a":3}"#)
        #expect(tree.member("a")?.isNull == true && tree.member("\u{e9}")?.double == 2)
        #expect(tree.member("e\u{301}") == nil && tree.member("b") == nil)
    }

    @Test(arguments: [
        "[]", "{}", "[[]]", #"{"a":[1,null,true,false,"x"],"b":{"c":{}}}"#, #""é""#, "0", "[0,[0,[0,0]]]",
    ])
    func theSizeIsToldWithoutReadingTexts(text: String) throws {
        #expect(try JSONTree(parsing: text).leastBytes == text.utf8.count)
        #expect(try JSONTree(parsing: " [ \(text) , \"\\u0041\" ] ").leastBytes == text.utf8.count + 6)
    }

    // MARK: Limits

    private static func nested(_ depth: Int, _ opening: String, _ closing: String, inner: String = "") -> String {
        String(repeating: opening, count: depth) + inner + String(repeating: closing, count: depth)
    }

    @Test(arguments: [("[", "]", ""), ("{\"a\":", "}", "1"), ("[{\"a\":", "}]", "1")])
    func depthIsBounded(opening: String, closing: String, inner: String) throws {
        let levels = opening.count { $0 == "[" || $0 == "{" }
        let most = JSONValue.maximumDepth / levels
        _ = try Self.read(Self.nested(most, opening, closing, inner: inner))
        for depth in [most + 1, 480, 100_000] {
            // Whether or not it would end.
            for text in [Self.nested(depth, opening, closing, inner: inner), Self.nested(depth, opening, "")] {
                #expect {
                    try Self.read(text)
                } throws: { error in
                    (error as? JSONError)?.fault == .tooDeep(maximum: JSONValue.maximumDepth)
                }
            }
        }
    }

    /// Collections may hold what earlier releases took.
    @Test func whatIsKeptMayBeDeeper() throws {
        let text = Self.nested(480, "[", "]", inner: "\"x\"")
        #expect(String(decoding: JSONValue(try JSONTree(parsing: text, limits: .stored)).json, as: UTF8.self) == text)
        #expect(throws: JSONError.self) { try JSONTree(parsing: Self.nested(1_001, "[", "]"), limits: .stored) }
    }

    @Test func namesAreBounded() throws {
        let most = JSONValue.maximumNameBytes
        for (unit, bytes) in [("a", 1), ("\u{301}", 2), (#"\u00e9"#, 2), (#"\n"#, 1)] {
            let name = String(repeating: unit, count: most / bytes)
            _ = try Self.read("{\"\(name)\":1}")
            _ = try Self.read("[\"\(name)\(unit)\"]")
            for text in ["{\"\(name)\(unit)\":1}", "[{\"b\":1,\"\(name)\(unit)\":1}]"] {
                #expect {
                    try Self.read(text)
                } throws: {
                    ($0 as? JSONError)?.fault == .nameTooLong(maximum: most)
                }
            }
            _ = try JSONTree(parsing: "{\"\(name)\(unit)\":1}", limits: .stored)
        }
    }
}
