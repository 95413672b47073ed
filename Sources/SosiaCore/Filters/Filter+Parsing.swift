extension Filter {
    /// Length of a filter's text in bytes.
    public static let maximumBytes = 8_192
    /// Nesting depth of parentheses and `NOT`.
    public static let maximumDepth = 32
    /// Comparisons and list values together.
    public static let maximumValues = 256

    /// Parses a filter such as `price < 50 AND category IN ('shoes', 'boots') AND NOT sold = true`.
    ///
    /// `NOT` binds more tightly than `AND`, and `AND` more tightly than `OR`; parentheses group. Keywords are not
    /// case-sensitive. Texts are written in single quotes; names with characters other than letters, digits and
    /// underscores in double quotes; a quote inside either is doubled. `IS NULL` tests for missing attributes. `<>` and
    /// `==` mean `!=` and `=`. `within(west, south, east, north)` takes degrees, `within('...')` GeoJSON or well-known
    /// text.
    public init(parsing text: String) throws(FilterError) {
        let bytes = text.utf8.count
        guard bytes <= Self.maximumBytes else { throw .tooLong(bytes: bytes, maximum: Self.maximumBytes) }
        var parser = FilterParser(tokens: try FilterToken.tokens(of: text))
        self = try parser.parse()
    }
}

/// A recursive-descent parser over the tokens of a filter.
private struct FilterParser {
    let tokens: [(token: FilterToken, position: Int)]
    var next = 0
    var depth = 0
    var values = 0

    private var token: FilterToken { tokens[next].token }
    private var position: Int { tokens[next].position }

    mutating func parse() throws(FilterError) -> Filter {
        if token == .end { throw .empty }
        let filter = try alternatives()
        guard token == .end else { throw expected("AND, OR or the end") }
        return filter
    }

    private mutating func alternatives() throws(FilterError) -> Filter {
        var filter = try conjunction()
        while take(.word("OR")) { filter = .or(filter, try conjunction()) }
        return filter
    }

    private mutating func conjunction() throws(FilterError) -> Filter {
        var filter = try negation()
        while take(.word("AND")) { filter = .and(filter, try negation()) }
        return filter
    }

    private mutating func negation() throws(FilterError) -> Filter {
        if take(.word("NOT")) { return .not(try deeper { parser throws(FilterError) in try parser.negation() }) }
        if take(.symbol("(")) {
            let filter = try deeper { parser throws(FilterError) in try parser.alternatives() }
            try require(.symbol(")"), ")")
            return filter
        }
        return try comparison()
    }

    private mutating func comparison() throws(FilterError) -> Filter {
        let name = try name()
        if name.utf8.count == 6, name.lowercased() == "within", take(.symbol("(")) { return .within(try area()) }
        if take(.word("IS")) {
            try count()
            let isNegated = take(.word("NOT"))
            try require(.word("NULL"), "NULL")
            return isNegated ? .not(.isMissing(name)) : .isMissing(name)
        }
        if take(.word("NOT")) {
            try require(.word("IN"), "IN")
            return .not(.isIn(name, try list()))
        }
        if take(.word("IN")) { return .isIn(name, try list()) }
        guard case .symbol(let symbol) = token, let comparison = Filter.Comparison(symbol: symbol) else {
            throw expected("a comparison")
        }
        next += 1
        return .compare(name, comparison, try value())
    }

    /// The arguments of `within`: four numbers or a text.
    private mutating func area() throws(FilterError) -> GeoArea {
        let start = position
        do {
            if case .value(.string(let text)) = token {
                try count()
                next += 1
                let area = try GeoArea(text: text)
                try require(.symbol(")"), ")")
                return area
            }
            let west = try coordinate(before: ",")
            let south = try coordinate(before: ",")
            let east = try coordinate(before: ",")
            return try GeoArea(west: west, south: south, east: east, north: coordinate(before: ")"))
        } catch let error as GeoAreaError {
            throw .invalidArea(error, position: start)
        } catch let error as FilterError {
            throw error
        } catch {
            throw .invalidArea(.noPolygon, position: start)
        }
    }

    private mutating func coordinate(before symbol: String) throws(FilterError) -> Double {
        let number: Double
        switch token {
        case .value(.integer(let value)): number = Double(value)
        case .value(.number(let value)): number = value
        default: throw expected("a number of degrees")
        }
        try count()
        next += 1
        try require(.symbol(symbol), symbol)
        return number
    }

    private mutating func name() throws(FilterError) -> String {
        switch token {
        case .name(let name):
            next += 1
            return name
        default: throw expected("the name of an attribute")
        }
    }

    private mutating func list() throws(FilterError) -> [Filter.Value] {
        try require(.symbol("("), "(")
        var values: [Filter.Value] = []
        if take(.symbol(")")) { return values }
        repeat { values.append(try value()) } while take(.symbol(","))
        try require(.symbol(")"), ", or )")
        return values
    }

    private mutating func value() throws(FilterError) -> Filter.Value {
        try count()
        switch token {
        case .value(let value):
            next += 1
            return value
        case .word("TRUE"):
            next += 1
            return .bool(true)
        case .word("FALSE"):
            next += 1
            return .bool(false)
        default: throw expected("a number, a text in single quotes, true or false")
        }
    }

    private mutating func count() throws(FilterError) {
        values += 1
        guard values <= Filter.maximumValues else {
            throw .tooManyValues(position: position, maximum: Filter.maximumValues)
        }
    }

    private mutating func deeper(
        _ body: (inout FilterParser) throws(FilterError) -> Filter
    ) throws(FilterError) -> Filter {
        guard depth < Filter.maximumDepth else { throw .tooDeep(position: position, maximum: Filter.maximumDepth) }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func take(_ wanted: FilterToken) -> Bool {
        guard token == wanted else { return false }
        next += 1
        return true
    }

    private mutating func require(_ wanted: FilterToken, _ what: String) throws(FilterError) {
        guard take(wanted) else { throw expected(what) }
    }

    private func expected(_ what: String) -> FilterError {
        .expected(what, found: token.text, position: position)
    }
}

extension Filter.Comparison {
    fileprivate init?(symbol: String) {
        switch symbol {
        case "<>": self = .notEqual
        case "==": self = .equal
        default: self.init(rawValue: symbol)
        }
    }
}
