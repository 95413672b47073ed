import EngineConformance
import SosiaCore
import Testing

struct FilterTests {
    @Test func readsTheExampleOfTheDocumentation() throws {
        let filter = try Filter(parsing: "price < 50 AND category IN ('shoes', 'boots') AND NOT sold = true")
        #expect(
            filter
                == .and(
                    .and(
                        .compare("price", .less, .integer(50)),
                        .isIn("category", [.string("shoes"), .string("boots")])),
                    .not(.compare("sold", .equal, .bool(true)))))
    }

    @Test func everyFilterIsReadBackFromItsText() throws {
        for seed in 0..<2_000 {
            var random = RandomFilter(seed: UInt64(seed))
            let filter = random.filter(depth: seed % 5)
            #expect(try Filter(parsing: filter.description) == filter, "\(filter)")
        }
    }

    @Test(arguments: [
        ("a=1 or b=2 and c=3", "a = 1 OR b = 2 AND c = 3"), ("(a=1 or b=2) and c=3", "(a = 1 OR b = 2) AND c = 3"),
        ("a=1 AND (b=2 AND c=3)", "a = 1 AND (b = 2 AND c = 3)"), ("((a<>1))", "a != 1"), ("a==1.0", "a = 1.0"),
        ("not not a is not null", "NOT NOT NOT a IS NULL"), ("a not in (1,2)", "NOT a IN (1, 2)"),
        ("\"is\" = 'it''s'", "\"is\" = 'it''s'"), ("a>=-5e-1", "a >= -0.5"), ("a=99999999999999999999", "a = 1e+20"),
        ("NOT (a=1 AND b=2)", "NOT (a = 1 AND b = 2)"), ("a = TRUE\n\tAnd b<False", "a = true AND b < false"),
    ])
    func textsHaveOneCanonicalForm(_ text: String, _ canonical: String) throws {
        let filter = try Filter(parsing: text)
        #expect(filter.description == canonical)
        #expect(try Filter(parsing: canonical) == filter)
    }

    @Test(arguments: [
        ("", FilterError.empty), (" \n", .empty),
        ("price <", .expected("a number, a text in single quotes, true or false", found: nil, position: 8)),
        ("price", .expected("a comparison", found: nil, position: 6)),
        ("price = shoes", .expected("a number, a text in single quotes, true or false", found: "shoes", position: 9)),
        ("50 < price", .expected("the name of an attribute", found: "50", position: 1)),
        ("a = 1 b = 2", .expected("AND, OR or the end", found: "b", position: 7)),
        ("(a = 1", .expected(")", found: nil, position: 7)),
        ("a IN (1 2)", .expected(", or )", found: "2", position: 9)),
        ("a = 'x", .unterminated(position: 5)), ("a = 1x", .invalidNumber("1x", position: 5)),
        ("a = 0x10", .invalidNumber("0x10", position: 5)), ("a = -", .invalidNumber("-", position: 5)),
        ("a = 1; DROP", .unexpectedCharacter(";", position: 6)), ("a ~ 1", .unexpectedCharacter("~", position: 3)),
        ("a = 'x\0'", .unexpectedCharacter("\0", position: 7)),
    ])
    func errorsSayWhatAndWhere(_ text: String, _ error: FilterError) {
        #expect(throws: error) { try Filter(parsing: text) }
    }

    @Test func hostileTextsAreRefused() {
        let deep = String(repeating: "(", count: 4_000) + "a = 1" + String(repeating: ")", count: 4_000)
        #expect(throws: FilterError.tooDeep(position: 34, maximum: 32)) { try Filter(parsing: deep) }
        let negated = String(repeating: "NOT ", count: 1_000) + "a = 1"
        #expect(throws: FilterError.tooDeep(position: 133, maximum: 32)) { try Filter(parsing: negated) }
        let long = "a = '" + String(repeating: "x", count: 9_000) + "'"
        #expect(throws: FilterError.tooLong(bytes: 9_006, maximum: 8_192)) { try Filter(parsing: long) }
        let wide = Array(repeating: "a = 1", count: 257).joined(separator: " OR ")
        #expect(throws: FilterError.tooManyValues(position: 2_309, maximum: 256)) { try Filter(parsing: wide) }
        var generator = SplitMix(seed: 1)
        let pieces = ["(", ")", "a", "=", "'", "\"", "AND", "NOT", "IN", ",", "1", "-", " ", "e", ".", "é", "\u{301}"]
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...20, using: &generator)
            let text = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined(separator: " ")
            guard let filter = try? Filter(parsing: text) else { continue }
            #expect((try? Filter(parsing: filter.description)) == filter)
        }
    }

    private static let shoe: Attributes = [
        "price": .number(49.5), "count": .integer(3), "category": .string("shoes"), "sold": .bool(false),
        "gone": .null, "tags": .array([.string("x")]), "big": .integer(9_007_199_254_740_993),
    ]

    @Test(arguments: [
        ("price < 50", true), ("price > 49 AND price <= 49.5", true), ("count = 3.0", true), ("count = '3'", false),
        ("count != '3'", true), ("category >= 'shoes'", true), ("category < 'Shoes'", false), ("sold = false", true),
        ("sold = 0", false), ("sold < true", true), ("missing = 1", false), ("missing != 1", false),
        ("NOT missing = 1", true), ("missing IS NULL", true), ("gone IS NULL", true), ("gone != 1", false),
        ("tags = 'x'", false), ("tags != 'x'", true), ("tags IS NOT NULL", true), ("category IN ('a', 'shoes')", true),
        ("category NOT IN ('a')", true), ("missing NOT IN ('a')", true), ("category IN ()", false),
        ("big = 9007199254740992.0", false), ("big > 9007199254740992.0", true), ("big < 9007199254740994.0", true),
        ("count < 1e999 AND count > -1e999", true),
    ])
    func meansWhatTheDocumentationSays(_ text: String, _ passes: Bool) throws {
        #expect(try Filter(parsing: text).matches(Self.shoe) == passes)
    }
}
