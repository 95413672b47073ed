import SosiaCore
import Testing

struct SearchRequestTests {
    private static let query = SearchRequest.Query.image(ImageID(rawValue: 1))

    @Test func cursorsAreReadBackFromTheirTexts() throws {
        for distance: Float in [0, -0.5, 1e-30, 3.25, .infinity, -.infinity] {
            for (id, returned) in [(Int64(1), 1), (.max, 10_000), (77, 20)] {
                let cursor = try #require(
                    SearchCursor(distance: distance, id: ImageID(rawValue: id), returned: returned))
                #expect(SearchCursor(cursor.description) == cursor)
            }
        }
    }

    @Test(arguments: [
        "", "--", "0-1", "0-1-1-1", "x-1-1", "0-0-1", "0-1-0", "0-1-2711", "7fc00000-1-1", "0--1-1", "+0-1-1", "0-1-1 ",
    ])
    func otherTextsAreNoCursors(_ text: String) {
        #expect(SearchCursor(text) == nil)
    }

    @Test func refusesWhatCannotBeAnswered() throws {
        let vector = try Embedding([1, 0])
        let cursor = try #require(SearchCursor(distance: 0, id: ImageID(rawValue: 1), returned: 9_995))
        #expect(throws: EngineError.tooDeep(returned: 9_995, k: 6, maximum: 10_000)) {
            try SearchRequest(Self.query, k: 6, after: cursor)
        }
        #expect(throws: Never.self) { try SearchRequest(Self.query, k: 5, after: cursor) }
        #expect(throws: EngineError.self) { try SearchRequest(Self.query, maximumDistance: .nan) }
        #expect(throws: EngineError.noPositiveExample) { try SearchRequest(.examples([])) }
        #expect(throws: EngineError.noPositiveExample) {
            try SearchRequest(.examples([Example(.embedding(vector), weight: -1)]))
        }
        for weight: Float in [0, .infinity] {
            #expect(throws: EngineError.invalidWeight(got: weight)) {
                try SearchRequest(.examples([Example(.embedding(vector), weight: weight)]))
            }
        }
        let many = Array(repeating: Example(.embedding(vector)), count: 257)
        #expect(throws: EngineError.tooMany("examples", got: 257, maximum: 256)) {
            try SearchRequest(.examples(many))
        }
    }

    @Test func examplesAreWeighed() throws {
        let (right, up) = (try Embedding([2, 0]), try Embedding([0, 2]))
        #expect(try Rocchio.combine([(right, 3)], metric: .l2) == right)
        #expect(try Rocchio.combine([(right, 3)], metric: .cosine).values == [1, 0])
        #expect(try Rocchio.combine([(right, 1), (up, 3)], metric: .l2).values == [0.5, 1.5])
        #expect(try Rocchio.combine([(right, 1), (up, -0.5)], metric: .innerProduct).values == [2, -1])
        let mixed = try Rocchio.combine([(right, 3), (up, -4)], metric: .cosine).values
        #expect(abs(mixed[0] - 0.6) < 1e-6 && abs(mixed[1] + 0.8) < 1e-6)
        for metric in [Metric.l2, .cosine, .innerProduct] {
            #expect(throws: EngineError.examplesCancel) {
                try Rocchio.combine([(right, 1.5), (right, -1.5)], metric: metric)
            }
        }
        #expect(throws: VectorError.dimensionMismatch(got: 1, expected: 2)) {
            try Rocchio.combine([(right, 1), (Embedding([1]), 1)], metric: .l2)
        }
    }

    @Test func patchesFollowTheExamplesOfTheStandard() {
        // RFC 7396, appendix A.
        func object(_ values: [String: JSONValue]) -> JSONValue { .object(values) }
        let (b, c) = (JSONValue.string("b"), JSONValue.string("c"))
        let cases: [(JSONValue, JSONValue, JSONValue)] = [
            (object(["a": b]), object(["a": c]), object(["a": c])),
            (object(["a": b]), object(["b": c]), object(["a": b, "b": c])),
            (object(["a": b]), object(["a": .null]), object([:])),
            (object(["a": b, "b": c]), object(["a": .null]), object(["b": c])),
            (object(["a": .array([b])]), object(["a": c]), object(["a": c])),
            (object(["a": c]), object(["a": .array([b])]), object(["a": .array([b])])),
            (
                object(["a": object(["b": c])]), object(["a": object(["b": b, "c": .null])]),
                object(["a": object(["b": b])])
            ),
            (.array([b]), object(["a": c]), object(["a": c])), (object(["a": b]), .null, .null),
            (object(["e": .null]), object(["a": .integer(1)]), object(["e": .null, "a": .integer(1)])),
            (
                object([:]), object(["a": object(["b": object(["c": .null])])]),
                object(["a": object(["b": object([:])])])
            ),
        ]
        for (value, patch, expected) in cases { #expect(value.patched(with: patch) == expected) }
    }

    @Test func regionsAreClippedToThePicture() {
        func clip(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> PixelRegion? {
            PixelRegion(x: x, y: y, width: width, height: height).clipped(width: 100, height: 50)
        }
        #expect(clip(10, 10, 20, 20) == PixelRegion(x: 10, y: 10, width: 20, height: 20))
        #expect(clip(-5, 40, 20, 20) == PixelRegion(x: 0, y: 40, width: 15, height: 10))
        #expect(clip(90, 0, .max, .max) == PixelRegion(x: 90, y: 0, width: 10, height: 50))
        for (x, y, width, height) in [
            (100, 0, 1, 1), (0, 50, 1, 1), (-5, 0, 5, 5), (0, 0, 0, 5), (0, 0, 5, -1), (.min, .min, 1, 1),
            (.max, .max, .max, .max),
        ] {
            #expect(clip(x, y, width, height) == nil)
        }
    }
}
