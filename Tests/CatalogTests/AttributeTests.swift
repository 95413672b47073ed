import GRDB
import SosiaCore
import Testing

@testable import Catalog

/// Attributes that a collection of an earlier release may hold.
struct AttributeTests {
    private static func catalog(holding attributes: String) throws -> CatalogFixture {
        let fixture = try CatalogFixture()
        let facts = PictureFacts(format: "png", width: 1, height: 1)
        let hash = try #require(ContentHash(bytes: [UInt8](repeating: 1, count: 32)))
        try fixture.catalog.commit([
            IngestEntry(hash: hash, source: ImageSource(location: .file("/a")), content: try .init(facts))
        ])
        try fixture.catalog.write { db in
            try db.execute(sql: "UPDATE image SET attributes = ?", arguments: [attributes])
            try Catalog.seal(image: 1, db)
        }
        return fixture
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
    }

    private static func shown(_ catalog: Catalog) throws -> String {
        let record = try #require(try catalog.records([ImageID(rawValue: 1)]).first)
        return String(decoding: record.attributes.json, as: UTF8.self)
    }

    @Test func whatIsDeeperThanWhatIsTakenIsShownAsItIs() throws {
        let text = #"{"a":\#(Self.nested(480)),"b":2}"#
        let fixture = try Self.catalog(holding: text)
        #expect(try Self.shown(fixture.catalog) == text)
        let list = try fixture.catalog.records(before: nil, limit: 10).records
        #expect(list.map { String(decoding: $0.attributes.json, as: UTF8.self) } == [text])
        _ = try fixture.catalog.update(ImageID(rawValue: 1), attributes: ["b": .integer(3)])
        #expect(try Self.shown(fixture.catalog) == text.replacing("2}", with: "3}"))
        _ = try fixture.catalog.update(ImageID(rawValue: 1), attributes: ["a": .null])
        #expect(try Self.shown(fixture.catalog) == #"{"b":3}"#)
    }

    /// They may shrink, and be changed as long as they do not grow.
    @Test func whatIsLargerThanWhatIsTakenIsShownAndMayShrink() throws {
        let size = Attributes.maximumBytes + 1_000
        let text = #"{"a":"\#(String(repeating: "x", count: size))","b":"yy"}"#
        let fixture = try Self.catalog(holding: text)
        let id = ImageID(rawValue: 1)
        #expect(try Self.shown(fixture.catalog) == text)
        _ = try fixture.catalog.update(id, attributes: ["b": .string("z")])
        let error = EngineError.attributesTooLarge(
            picture: "picture 1", bytes: text.utf8.count, maximum: Attributes.maximumBytes)
        #expect(throws: error) { try fixture.catalog.update(id, attributes: ["b": .string("zz")]) }
        #expect(try Self.shown(fixture.catalog) == text.replacing("yy", with: "z"))
    }

    @Test(arguments: ["{", "[1]", "null", "{}x", #"{"a":1,}"#, #"{"a":\#(String(repeating: "[", count: 2_000))"#])
    func whatIsNoObjectIsDamage(_ text: String) throws {
        let fixture = try Self.catalog(holding: text)
        #expect(throws: StoreError.self) { try fixture.catalog.records([ImageID(rawValue: 1)]) }
    }
}
