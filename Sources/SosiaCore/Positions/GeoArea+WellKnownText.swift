extension GeoArea {
    /// Reads `POLYGON ((30 10, 40 40, 20 40, 30 10))` and `MULTIPOLYGON (((...)), ((...)))`, longitude first.
    init(wellKnownText text: String) throws(GeoAreaError) {
        var reader = WellKnownTextReader(text: text)
        try self.init(try reader.polygons())
    }
}

/// A reader of well-known text (OGC 06-103r4, 7): words, numbers, parentheses and commas.
private struct WellKnownTextReader {
    private let tokens: [Substring]
    private var next = 0

    init(text: String) {
        var tokens: [Substring] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            var rest = word
            while let first = rest.first {
                let end =
                    "(),".contains(first) ? rest.index(after: rest.startIndex) : rest.firstIndex { "(),".contains($0) }
                tokens.append(rest[..<(end ?? rest.endIndex)])
                rest = rest[(end ?? rest.endIndex)...]
            }
        }
        self.tokens = tokens
    }

    mutating func polygons() throws(GeoAreaError) -> [GeoPolygon] {
        let word = take().uppercased()
        let polygons: [GeoPolygon]
        switch word {
        case "POLYGON": polygons = [try polygon()]
        case "MULTIPOLYGON": polygons = try list { reader throws(GeoAreaError) in try reader.polygon() }
        default: throw .unreadable(reason: "it begins with \"\(word.prefix(32))\"")
        }
        guard next == tokens.count else { throw .unreadable(reason: "something follows the polygon") }
        return polygons
    }

    private mutating func polygon() throws(GeoAreaError) -> GeoPolygon {
        GeoPolygon(
            rings: try list { reader throws(GeoAreaError) in
                GeoArea.open(try reader.list { reader throws(GeoAreaError) in try reader.point() })
            })
    }

    private mutating func point() throws(GeoAreaError) -> GeoPoint {
        guard let longitude = Double(take()), let latitude = Double(take()) else {
            throw .unreadable(reason: "a position is two numbers")
        }
        return GeoPoint(longitude: longitude, latitude: latitude)
    }

    private mutating func list<Element>(
        _ element: (inout WellKnownTextReader) throws(GeoAreaError) -> Element
    ) throws(GeoAreaError) -> [Element] {
        guard take() == "(" else { throw .unreadable(reason: "a parenthesis is missing") }
        var elements: [Element] = []
        while true {
            elements.append(try element(&self))
            switch take() {
            case ",": continue
            case ")": return elements
            default: throw .unreadable(reason: "a comma or a parenthesis is missing")
            }
        }
    }

    /// The next token; empty at the end.
    private mutating func take() -> Substring {
        guard next < tokens.count else { return "" }
        next += 1
        return tokens[next - 1]
    }
}
