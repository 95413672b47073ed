import Foundation
@testable import Catalog
import SosiaCore
import Testing

/// Filters as SQL against the reference in `SosiaCore`.
final class FilterTests {
    private let fixture: CatalogFixture
    private var catalog: Catalog { fixture.catalog }
    private var path: String { fixture.path }
    private var generator = SplitMix(seed: 7)

    init() throws {
        fixture = try CatalogFixture()
    }

    private static let names = [
        "price", "größe", "a b", "a\"b", "", "x'", "a.b", "$", "\\", "line\nbreak", "tab\t", "/", "[0]", "#", "NULL",
        "format", "width", "captured", "latitude", "longitude", "camera", "id", "slot",
    ]
    private static let texts = ["", "a", "it's", "\"", "é", "日本", "1", "jpeg", "2024-05-31T18:02:11", "%", "🙂", "\n"]
    private static let numbers = [0.5, -1.5, 1e300, 3, -0.0, 0.1, 1e-7, 48.2, 1234.5678]
    private static let integers: [Int64] = [0, 1, -1, 3, 20, .max, .min, 9_007_199_254_740_993]

    private func pick<Element>(_ all: [Element]) throws -> Element {
        try #require(all.randomElement(using: &generator))
    }

    private func value() throws -> Filter.Value {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: .bool(.random(using: &generator))
        case 1: .integer(try pick(Self.integers))
        case 2: .number(try pick(Self.numbers))
        default: .string(try pick(Self.texts))
        }
    }

    private func filter(depth: Int) throws -> Filter {
        let name = try pick(Self.names)
        return switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &generator) {
        case 5 where depth == 0: .within(try area())
        case 9: .within(try area())
        case 0, 1, 2: .compare(name, try pick(Filter.Comparison.allCases), try value())
        case 3: .isIn(name, try (0..<Int.random(in: 0...4, using: &generator)).map { _ in try value() })
        case 4: .isMissing(name)
        case 5: .not(try filter(depth: depth - 1))
        case 6, 7: .and(try filter(depth: depth - 1), try filter(depth: depth - 1))
        default: .or(try filter(depth: depth - 1), try filter(depth: depth - 1))
        }
    }

    private func area() throws -> GeoArea {
        let longitudes = [-180, -170.5, 0, 0.1, 0.5, 16.4, 48.2, 179, 180].shuffled(using: &generator)
        let latitudes = [-90, 0, 0.1, 0.5, 20, 48.2, 90].shuffled(using: &generator)
        if Bool.random(using: &generator) {
            return try GeoArea(
                west: longitudes[0], south: min(latitudes[0], latitudes[1]), east: longitudes[1],
                north: max(latitudes[0], latitudes[1]))
        }
        return try GeoArea([
            GeoPolygon(rings: [
                zip(longitudes, latitudes).prefix(4).map { GeoPoint(longitude: $0.0, latitude: $0.1) }
            ])
        ])
    }

    private func json() throws -> JSONValue {
        switch try value() {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): try pick([.string(value), .string(value), .null, .array([.string(value)])])
        }
    }

    private func add(_ count: Int) throws {
        let entries = try (0..<count).map { number in
            let facts = PictureFacts(
                format: try pick(["jpeg", "png"]), width: Int.random(in: 1...30, using: &generator), height: 20,
                captured: try pick([nil, "2024-05-31T18:02:11", "2023-01-01T00:00:00"]),
                position: try pick([nil, .init(latitude: 48.2, longitude: 16.4), .init(latitude: 0.1, longitude: 0.5)]),
                camera: try pick([nil, "é", "Canon"]))
            var attributes: Attributes = [:]
            for _ in 0..<Int.random(in: 0...8, using: &generator) { attributes[try pick(Self.names)] = try json() }
            let bytes = (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 2 * 8)) }
            return IngestEntry(
                hash: try #require(ContentHash(bytes: bytes)), source: ImageSource(location: .file("/\(number)")),
                content: try .init(facts), attributes: attributes)
        }
        try catalog.commit(entries)
    }

    @Test func rowsPassAsTheReferenceSays() throws {
        try add(300)
        let ids = (1...300).map { ImageID(rawValue: $0) }
        let records = try catalog.records(ids).map(\.allAttributes)
        try #require(records.count == 300)
        var passed = 0
        for round in 0..<500 {
            let filter = try filter(depth: round % 5)
            let rows = try #require(try catalog.passing(filter)).rows
            for (slot, attributes) in records.enumerated() where rows.contains(slot) != filter.matches(attributes) {
                Issue.record("\(filter) on \(attributes): \(rows.contains(slot))")
            }
            passed += rows.count
        }
        // Neither nothing nor everything.
        #expect((15_000...135_000).contains(passed))
    }

    @Test func theLargestFiltersAreUnderstood() throws {
        try add(3)
        let leaf = "a=1 OR b=1 AND "
        var nested = String(repeating: leaf + "(", count: 32) + "a = 2" + String(repeating: ")", count: 32)
        #expect(try catalog.passing(Filter(parsing: nested)) != nil)
        nested = String(repeating: leaf + "NOT (", count: 16) + "a = 2" + String(repeating: ")", count: 16)
        #expect(try catalog.passing(Filter(parsing: nested)) != nil)
        for word in ["AND", "OR"] {
            let chain = Array(repeating: "width >= 0", count: 256).joined(separator: " \(word) ")
            #expect(try catalog.passing(Filter(parsing: chain))?.rows.count == 3)
        }
        let list = "a IN (" + (0..<256).map(String.init).joined(separator: ",") + ")"
        #expect(try catalog.passing(Filter(parsing: list))?.rows.count == 0)
    }

    @Test func removedPicturesDoNotPass() throws {
        try add(10)
        _ = try catalog.remove([ImageID(rawValue: 3)])
        let all = try #require(try catalog.passing(Filter(parsing: "height = 20 OR height != 20")))
        #expect(all.rows.count == 9)
        #expect(!all.rows.contains(2))
        #expect(all.revision == (try catalog.revision()))
    }

    @Test func everyFactIsKnownByItsName() throws {
        let facts = PictureFacts(
            format: "png", width: 1, height: 2, captured: "2024", position: .init(latitude: 1, longitude: 2),
            camera: "C")
        let record = ImageRecord(id: ImageID(rawValue: 1), sources: [], facts: facts, attributes: [:])
        #expect(Set(record.allAttributes.keys) == Set(FactColumn.allCases.map(\.rawValue)))
    }

    @Test func summariesDescribeWhatThereIs() throws {
        func entry(_ number: UInt8, _ attributes: Attributes) throws -> IngestEntry {
            IngestEntry(
                hash: try #require(ContentHash(bytes: [UInt8](repeating: number, count: 32))),
                source: ImageSource(location: .file("/\(number)")),
                content: try .init(PictureFacts(format: "png", width: Int(number), height: 2)), attributes: attributes)
        }
        var entries: [IngestEntry] = []
        for number in 1...30 {
            let mixed: [JSONValue] = [.bool(true), .number(0.5), .integer(3)]
            let attributes: Attributes = [
                "shop": .string(number % 2 == 0 ? "B" : "A"), "many": .integer(Int64(number)),
                "mixed": mixed[min(number, 3) - 1], "tags": .array([.string("x")]), "gone": .null,
                "quote\"d": .string("q"),
            ]
            entries.append(try entry(UInt8(number), attributes))
        }
        try catalog.commit(entries + [entry(31, ["width": .string("wide")])])
        let summaries = try catalog.attributeSummaries()
        let found = Dictionary(uniqueKeysWithValues: summaries.map { ($0.name, $0) })
        #expect(summaries.map(\.name) == ["format", "height", "many", "mixed", "quote\"d", "shop", "tags", "width"])
        #expect(
            found["shop"]
                == AttributeSummary(name: "shop", kinds: [.string], pictures: 30, values: [.string("A"), .string("B")]))
        #expect(found["many"] == AttributeSummary(name: "many", kinds: [.number], pictures: 30, values: nil))
        #expect(
            found["mixed"]
                == AttributeSummary(
                    name: "mixed", kinds: [.bool, .number], pictures: 30,
                    values: [.number(0.5), .integer(3), .bool(true)]))
        #expect(found["tags"] == AttributeSummary(name: "tags", kinds: [.list], pictures: 30, values: nil))
        #expect(found["format"]?.values == [.string("png")])
        #expect(found["width"]?.kinds == [.number, .string])
        #expect(found["width"]?.pictures == 31)
    }

    @Test func patchesAreOneTransaction() throws {
        try add(1)
        let id = ImageID(rawValue: 1)
        _ = try catalog.update(id, attributes: ["a": .integer(1), "b": .object(["c": .integer(2), "d": .null])])
        let version = try catalog.revision()
        let record = try catalog.update(id, attributes: ["a": .null, "b": .object(["e": .bool(true)])])
        #expect(record?.attributes["a"] == nil)
        #expect(record?.attributes["b"] == .object(["c": .integer(2), "e": .bool(true)]))
        // No slot changed.
        #expect(try catalog.revision() == version)
        #expect(try catalog.update(ImageID(rawValue: 9), attributes: ["a": .null]) == nil)
    }
}
