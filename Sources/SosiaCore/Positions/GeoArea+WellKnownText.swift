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
        var word: String.Index?
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            let isSymbol = scalars[index] == "(" || scalars[index] == ")" || scalars[index] == ","
            guard isSymbol || scalars[index].properties.isWhitespace else {
                word = word ?? index
                continue
            }
            if let start = word { tokens.append(text[start..<index]) }
            if isSymbol { tokens.append(text[index..<scalars.index(after: index)]) }
            word = nil
        }
        if let start = word { tokens.append(text[start...]) }
        self.tokens = tokens
    }

    mutating func polygons() throws(GeoAreaError) -> [GeoPolygon] {
        let word = String(take().unicodeScalars.prefix(32)).uppercased()
        let polygons: [GeoPolygon]
        switch word {
        case "POLYGON": polygons = [try polygon()]
        case "MULTIPOLYGON": polygons = try list { reader throws(GeoAreaError) in try reader.polygon() }
        default: throw .unreadable(reason: "it begins with \"\(word)\"")
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
        guard take().utf8.elementsEqual("(".utf8) else { throw .unreadable(reason: "a parenthesis is missing") }
        var elements: [Element] = []
        while true {
            elements.append(try element(&self))
            // Byte by byte: comparing long texts of accents takes time that grows with their square.
            let symbol = take().utf8
            if symbol.elementsEqual(")".utf8) { return elements }
            guard symbol.elementsEqual(",".utf8) else {
                throw .unreadable(reason: "a comma or a parenthesis is missing")
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
