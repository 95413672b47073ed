import Foundation
import SosiaCore
import Testing

struct JSONValueTests {
    @Test(
        "Every kind of JSON value is read as what it is",
        arguments: [
            ("null", JSONValue.null), ("true", .bool(true)), ("\"1\"", .string("1")),
            ("[1,null]", .array([.integer(1), .null])),
            ("{\"a\":0.5}", .object(["a": .number(0.5)])), ("1e3", .integer(1000)), ("-1.5", .number(-1.5)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("9007199254740993", .integer(9_007_199_254_740_993)),
        ])
    func reading(text: String, value: JSONValue) throws {
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) == value)
    }
}
