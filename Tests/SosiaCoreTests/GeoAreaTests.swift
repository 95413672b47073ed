@testable import SosiaCore
import Testing

/// What lies in an area on earth.
struct GeoAreaTests {
    private func point(_ longitude: Double, _ latitude: Double) -> GeoPoint {
        GeoPoint(longitude: longitude, latitude: latitude)
    }

    private func polygon(_ rings: [(Double, Double)]...) -> GeoPolygon {
        GeoPolygon(rings: rings.map { ring in ring.map { point($0.0, $0.1) } })
    }

    @Test func aBoxHoldsItsBoundary() throws {
        let box = try GeoArea(west: -1, south: 2, east: 3, north: 4)
        for (longitude, latitude) in [(-1, 2), (3, 4), (0, 3), (359, 2), (-357, 4), (719, 3)] {
            #expect(box.contains(point(Double(longitude), Double(latitude))), "\(longitude) \(latitude)")
        }
        for (longitude, latitude) in [(-1.001, 2), (3.001, 3), (0, 1.999), (0, 4.001), (180, 3)] {
            #expect(!box.contains(point(longitude, latitude)), "\(longitude) \(latitude)")
        }
        #expect(!box.contains(point(.nan, 3)))
        #expect(!box.contains(point(0, .infinity)))
    }

    @Test func aBoxMayCrossTheAntimeridian() throws {
        let box = try GeoArea(west: 170, south: -10, east: -170, north: 10)
        for longitude in [170.0, 175, 180, -180, -175, -170, 190, 185] {
            #expect(box.contains(point(longitude, 0)), "\(longitude)")
        }
        for longitude in [169.9, 0, -169.9, 191] { #expect(!box.contains(point(longitude, 0)), "\(longitude)") }
        let whole = try GeoArea(west: -180, south: -90, east: 180, north: 90)
        for longitude in [-180.0, 0, 180, 200] { #expect(whole.contains(point(longitude, 90))) }
    }

    @Test func aPolygonThatGoesOnBeyondTheAntimeridianHoldsBothSides() throws {
        let area = try GeoArea([polygon([(175, -5), (185, -5), (185, 5), (175, 5)])])
        for longitude in [175.0, 179, 180, -180, -178, -175] { #expect(area.contains(point(longitude, 0))) }
        for longitude in [174.9, -174.9, 0] { #expect(!area.contains(point(longitude, 0))) }
    }

    @Test func holesAreOutsideAndTheirBoundaryIsNot() throws {
        let area = try GeoArea([
            polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [(4, 4), (6, 4), (6, 6), (4, 6)]),
            polygon([(20, 0), (30, 0), (25, 8)]),
        ])
        #expect(area.contains(point(1, 1)))
        #expect(!area.contains(point(5, 5)))
        #expect(area.contains(point(4, 5)))
        #expect(area.contains(point(6, 6)))
        #expect(area.contains(point(25, 1)))
        #expect(!area.contains(point(15, 1)))
    }

    /// Whole numbers, so that the reference knows exactly what lies on an edge.
    @Test func polygonsHoldWhatTheWindingOfTheirEdgesSays() throws {
        var generator = SplitMix(seed: 5)
        var inside = 0
        for _ in 0..<400 {
            // A star around a centre: its edges do not cross.
            let count = Int.random(in: 3...12, using: &generator)
            let directions = Self.directions.shuffled(using: &generator).prefix(count).sorted { $0.turn < $1.turn }
            let ring = directions.map { direction in
                let length = Double(Int.random(in: 1...4, using: &generator))
                return point(direction.x * length, direction.y * length)
            }
            // A star whose points leave half a turn free does not hold its centre; it is a polygon all the same.
            let area = try GeoArea([GeoPolygon(rings: [ring])])
            for _ in 0..<60 {
                let place = point(
                    Double(Int.random(in: -13...13, using: &generator)),
                    Double(Int.random(in: -13...13, using: &generator)))
                let expected = Self.isOnEdge(place, ring) || Self.winding(place, ring) != 0
                if area.contains(place) != expected { Issue.record("\(ring) and \(place): expected \(expected)") }
                inside += expected ? 1 : 0
            }
        }
        #expect((1_000...20_000).contains(inside))
    }

    private static let directions: [(x: Double, y: Double, turn: Double)] = (-3...3).flatMap { x in
        (-3...3).compactMap { y in
            // One of each direction: no two edges lie on each other.
            guard (x, y) != (0, 0), [1, 2, 3].allSatisfy({ $0 == 1 || x % $0 != 0 || y % $0 != 0 }) else { return nil }
            return (Double(x), Double(y), angle(Double(x), Double(y)))
        }
    }

    /// Grows with the direction's angle, 0 ..< 4.
    private static func angle(_ x: Double, _ y: Double) -> Double {
        let share = y / (abs(x) + abs(y))
        return x >= 0 ? (share + 4).truncatingRemainder(dividingBy: 4) : 2 - share
    }

    private static func isOnEdge(_ place: GeoPoint, _ ring: [GeoPoint]) -> Bool {
        zip(ring, ring.dropFirst() + ring.prefix(1)).contains { from, to in
            let (ax, ay) = (from.longitude - place.longitude, from.latitude - place.latitude)
            let (bx, by) = (to.longitude - place.longitude, to.latitude - place.latitude)
            return ax * by == ay * bx && ax * bx + ay * by <= 0
        }
    }

    /// How many quarter turns the ring makes around the place.
    private static func winding(_ place: GeoPoint, _ ring: [GeoPoint]) -> Int {
        zip(ring, ring.dropFirst() + ring.prefix(1)).reduce(0) { sum, edge in
            let (ax, ay) = (edge.0.longitude - place.longitude, edge.0.latitude - place.latitude)
            let (bx, by) = (edge.1.longitude - place.longitude, edge.1.latitude - place.latitude)
            let turn = ax * by - ay * bx
            if ay <= 0, by > 0, turn > 0 { return sum + 1 }
            if ay > 0, by <= 0, turn < 0 { return sum - 1 }
            return sum
        }
    }

    @Test(arguments: [
        #"{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}"#,
        #" {"coordinates":[[[[0,0,7],[10,0,7],[10,10,7],[0,10,7],[0,0,7]]]],"bbox":[0,0,1,1],"type":"MultiPolygon"}"#,
        #"{"type":"Feature","properties":{"a":"\u00e4\n","b":null},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1e1,0],[10,10.0],[0,10]]]}}"#,
        #"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}]}}]}"#,
        "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))", "polygon((0 0,10 0,10 10,0 10))",
        "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)))",
    ])
    func textsOfManyKindsAreRead(_ text: String) throws {
        let area = try GeoArea(text: text)
        #expect(area == (try GeoArea([polygon([(0, 0), (10, 0), (10, 10), (0, 10)])])))
        let quoted = text.split(separator: "'").joined(separator: "''")
        #expect(try Filter(parsing: "within('\(quoted)')") == .within(area))
        #expect(try Filter(parsing: Filter.within(area).description) == .within(area))
    }

    @Test(arguments: [
        ("", GeoAreaError.unreadable(reason: "it begins with \"\"")),
        ("POINT (1 2)", .unreadable(reason: "it begins with \"POINT\"")),
        ("POLYGON ((1 2, 3 4", .unreadable(reason: "a comma or a parenthesis is missing")),
        ("POLYGON ((1 2, 3 4))", .tooFewPoints(got: 2)),
        ("POLYGON ((1 2, 3 4, 5 91))", .latitude(91)),
        ("POLYGON ((1 2, 3 4, 365 0))", .longitude(365)),
        (#"{"type":"Point","coordinates":[1,2]}"#, .unreadable(reason: "a Point has no area")),
        (#"{"type":"Polygon"}"#, .unreadable(reason: "a list is missing")),
        (#"{"type":"Polygon","coordinates":[]}"#, .noPolygon),
        (#"{"type":"FeatureCollection","features":[]}"#, .noPolygon),
        (
            #"{"type":"Polygon","coordinates":[[["a",1],[1,1],[0,0]]]}"#,
            .unreadable(reason: "a position is two numbers")
        ),
        (#"{"type":"Polygon","#, .unreadable(reason: "it is not JSON")),
        ("{}", .unreadable(reason: "an object without a type")),
    ])
    func wrongTextsAreNamed(_ text: String, _ error: GeoAreaError) {
        #expect(throws: error) { try GeoArea(text: text) }
    }

    /// Lists, and collections in collections, of a file or in a filter.
    @Test func deepTextsAreRefused() throws {
        let polygon = #"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#
        func collections(_ depth: Int) -> String {
            String(repeating: #"{"type":"GeometryCollection","geometries":["#, count: depth) + polygon
                + String(repeating: "]}", count: depth)
        }
        // A polygon has four levels, a collection two.
        #expect(try GeoArea(text: collections(14)) == GeoArea(text: polygon))
        for text in [
            collections(15),
            #"{"type":"Polygon","coordinates":"# + String(repeating: "[", count: 480)
                + String(repeating: "]", count: 480) + "}",
        ] {
            #expect {
                try GeoArea(text: text)
            } throws: {
                "\($0)".contains("nested more than 32 deep")
            }
            #expect {
                try Filter(parsing: "within('\(text)')")
            } throws: {
                "\($0)".contains("nested more than 32 deep")
            }
        }
    }

    /// A text of accents only, which Unicode would have to be put in order for every comparison.
    @Test func textsOfAccentsAreRefused() {
        let accents = String(repeating: "\u{301}\u{327}", count: 2_000)
        for text in ["POLYGON \(accents)", "POLYGON ((\(accents) 1, 2 3))", "POLYGON ((1 2 \(accents)))", accents] {
            #expect(throws: GeoAreaError.self) { try GeoArea(text: text) }
        }
    }

    @Test func wrongBoxesAreNamed() {
        #expect(throws: GeoAreaError.upsideDown(south: 2, north: 1)) {
            try GeoArea(west: 0, south: 2, east: 1, north: 1)
        }
        #expect(throws: GeoAreaError.longitude(400)) { try GeoArea(west: 400, south: 0, east: 1, north: 1) }
        #expect(throws: FilterError.invalidArea(.latitude(91), position: 8)) {
            try Filter(parsing: "within(0, 0, 1, 91)")
        }
        #expect(throws: FilterError.expected(",", found: ")", position: 12)) { try Filter(parsing: "within(0, 0)") }
        #expect(throws: FilterError.expected("a number of degrees", found: "x", position: 8)) {
            try Filter(parsing: "within(x, 0, 1, 1)")
        }
    }

    @Test func anAttributeMayBeCalledWithin() throws {
        #expect(try Filter(parsing: "within = 3") == .compare("within", .equal, .integer(3)))
        let filter = try Filter(parsing: "NOT Within(1, 2, 3, 4) AND within IS NULL")
        #expect(filter.description == "NOT within(1.0, 2.0, 3.0, 4.0) AND within IS NULL")
    }

    @Test func picturesWithoutAPlaceAreNowhere() throws {
        let filter = Filter.within(try GeoArea(west: -180, south: -90, east: 180, north: 90))
        #expect(filter.matches(["latitude": .number(48.2), "longitude": .integer(16)]))
        #expect(!filter.matches(["latitude": .number(48.2)]))
        #expect(!filter.matches(["latitude": .string("48.2"), "longitude": .integer(16)]))
        #expect(Filter.not(filter).matches([:]))
    }

    @Test func outlinesAcrossTheAntimeridianAreCutThere() throws {
        // From the upper left corner clockwise, as tiles have them.
        let across = polygon([(179, 10), (181, 10), (181, 8), (179, 8)])
        #expect(
            across.partsWithinMap.map { Set($0.rings[0]) } == [
                Set([point(179, 8), point(180, 8), point(180, 10), point(179, 10)]),
                Set([point(-180, 8), point(-179, 8), point(-179, 10), point(-180, 10)]),
            ])
        let plain = polygon([(10, 10), (12, 10), (12, 8), (10, 8)])
        #expect(plain.partsWithinMap == [polygon([(10, 8), (12, 8), (12, 10), (10, 10)])])
        let beyond = polygon([(190, 10), (192, 10), (192, 8), (190, 8)])
        #expect(beyond.partsWithinMap == [polygon([(-170, 8), (-168, 8), (-168, 10), (-170, 10)])])
        #expect(polygon([(178, 1), (180, 1), (180, 0), (178, 0)]).partsWithinMap.count == 1)
    }

    @Test func whatIsNotJSONIsRefused() {
        for wrong in [
            "{", "{1:2}", "{\"type\":\"Polygon\",}", "{\"a\":1e999}", "{\"a\":" + String(repeating: "[", count: 9999),
        ] {
            #expect(throws: GeoAreaError.self, "\(wrong.prefix(40))") { try GeoArea(text: wrong) }
        }
    }
}
