package import SosiaCore

/// Filters of any shape, with names and values that are difficult to quote.
package struct RandomFilter {
    static let names = ["price", "_a1", "größe", "NOT", "in", "a b", "a\"b", "", "x'", "日本", "a-b", "$.x", "9", "\\"]
    static let texts = ["", "a", "it's", "''", "\"", "x\ny", "é", "AND", "%", "日本", "\\", "--", "🙂", ";"]
    static let numbers = [0.5, -1.5, 1e300, 1e-300, 3, -0.0, .infinity, -.infinity, 1e-7, 1e22, 0.1]

    var generator: SplitMix

    package init(seed: UInt64) { generator = SplitMix(seed: seed) }

    package mutating func filter(depth: Int) -> Filter {
        let name = Self.names.randomElement(using: &generator) ?? ""
        switch Int.random(in: 0..<(depth > 0 ? 9 : 4), using: &generator) {
        case 3 where depth == 0, 8: return area().map(Filter.within) ?? .isMissing(name)
        case 0:
            let comparison = Filter.Comparison.allCases.randomElement(using: &generator) ?? .equal
            return .compare(name, comparison, value())
        case 1: return .isIn(name, (0..<Int.random(in: 0...3, using: &generator)).map { _ in value() })
        case 2: return .isMissing(name)
        case 3: return .not(filter(depth: depth - 1))
        case 4, 5: return .and(filter(depth: depth - 1), filter(depth: depth - 1))
        default: return .or(filter(depth: depth - 1), filter(depth: depth - 1))
        }
    }

    private mutating func area() -> GeoArea? {
        let points = (0..<Int.random(in: 3...6, using: &generator)).map { _ in
            GeoPoint(
                longitude: Self.degrees.randomElement(using: &generator) ?? 0,
                latitude: (Self.degrees.randomElement(using: &generator) ?? 0) / 4)
        }
        let box = try? GeoArea(
            west: points[0].longitude, south: points[0].latitude, east: points[1].longitude, north: points[1].latitude)
        let rings = (0..<Int.random(in: 1...2, using: &generator)).map { _ in points }
        let polygons = (0..<Int.random(in: 1...2, using: &generator)).map { _ in GeoPolygon(rings: rings) }
        // Half of the random boxes are upside down, and a filter takes only valid areas.
        return box ?? (try? GeoArea(polygons))
    }

    private static let degrees = [-360, -180, -0.0, 1e-7, 0.1 + 0.2, 13.37, 90, 179.999_999, 180, 360]
    private mutating func value() -> Filter.Value {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: .bool(.random(using: &generator))
        case 1:
            .integer(Int64.random(in: .min ... .max, using: &generator) >> Int.random(in: 0...63, using: &generator))
        case 2: .number(Self.numbers.randomElement(using: &generator) ?? 0)
        default: .string(Self.texts.randomElement(using: &generator) ?? "")
        }
    }

    /// Attributes that such filters can tell apart.
    mutating func attributes() -> Attributes {
        var attributes: Attributes = [:]
        for name in Self.names where Bool.random(using: &generator) { attributes[name] = json(depth: 2) }
        guard Bool.random(using: &generator) else { return attributes }
        for name in ["longitude", "latitude"] {
            let degrees = Self.degrees.randomElement(using: &generator) ?? 0
            attributes[name] = Int.random(in: 0..<8, using: &generator) == 0 ? json(depth: 1) : .number(degrees / 4)
        }
        return attributes
    }

    private mutating func json(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &generator) {
        case 0: return .null
        case 7: return .array((0..<Int.random(in: 0...2, using: &generator)).map { _ in json(depth: depth - 1) })
        case 8: return .object([Self.texts.randomElement(using: &generator) ?? "": json(depth: depth - 1)])
        default: break
        }
        return switch value() {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): value.isFinite ? .number(value) : .string("")
        case .string(let text): .string(text)
        }
    }
}
