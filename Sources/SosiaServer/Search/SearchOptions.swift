import Hummingbird
import Sosia

/// Everything about a search but what is looked for.
///
/// ``all`` names the options once: JSON bodies, forms, query parameters and `/openapi.json` all follow it.
struct SearchOptions: Sendable {
    /// Largest page; further hits are reached by the cursor.
    static let minimumK = 1
    static let defaultK = 20
    static let maximumK = 1_000

    /// Characters of a filter in an address; a longer one, once escaped, would not fit into the head of a request.
    static let maximumAddressFilter = 1_024
    /// Bytes.
    static let maximumCursor = 256
    /// Bytes of the name of an index.
    static let maximumIndex = 64

    var k = SearchOptions.defaultK
    var mode = SearchRequest.Mode.automatic
    var index: String?
    var filter: Filter?
    var maximumDistance: Float?
    var cursor: SearchCursor?
    var overlaps = PictureSearch.Overlaps.merge

    /// - Throws: ``Problem``; `FilterError`.
    init(_ reader: some OptionReader) throws {
        k = try reader.integer("k", Self.minimumK...Self.maximumK) ?? k
        mode = try Self.mode(exact: reader.boolean("exact"), recall: reader.number("recall"))
        index = try reader.text("index", longest: Self.maximumIndex)
        filter = try reader.filter()
        maximumDistance = try reader.number("max_distance").map { Float($0) }
        cursor = try reader.text("cursor", longest: Self.maximumCursor).map { try Self.cursor($0) }
        overlaps = try reader.choice("overlaps") ?? overlaps
    }

    func search(_ examples: [PictureExample]) -> PictureSearch {
        var search = PictureSearch(examples)
        search.k = k
        search.mode = mode
        search.index = index
        search.filter = filter
        search.maximumDistance = maximumDistance
        search.cursor = cursor
        search.overlaps = overlaps
        return search
    }

    private static func mode(exact: Bool?, recall: Double?) throws(Problem) -> SearchRequest.Mode {
        if let recall {
            guard exact != true else { throw Problem(.invalidParameter, "an exact search has a recall of 1") }
            return .approximate(recall: recall)
        }
        return exact.map { $0 ? .exact : .approximate() } ?? .automatic
    }

    private static func cursor(_ text: String) throws(Problem) -> SearchCursor {
        guard let cursor = SearchCursor(text) else {
            throw Problem(.invalidCursor, "pass next_cursor back unchanged")
        }
        return cursor
    }
}

extension SearchOptions {
    /// An option as clients write it.
    struct Option: Sendable {
        let name: String
        let schema: Schema
        /// In an address, where it is narrower there.
        var addressSchema: Schema?
        let description: String

        /// Whether its value is text: in a form it stands as it is, other values are JSON.
        var isText: Bool { schema.type == "string" }

        var parameter: Operation.Parameter { .query(name, addressSchema ?? schema, description) }
    }

    static let filter = Option(
        name: "filter", schema: .string(longest: Filter.maximumBytes),
        addressSchema: .string(longest: maximumAddressFilter),
        description: "Only pictures that pass, such as: price < 50 AND category IN ('shoes', 'boots').")

    static let all: [Option] = [
        Option(
            name: "k", schema: .integer(minimumK...maximumK, standard: defaultK), description: "Hits per page."),
        filter,
        Option(name: "max_distance", schema: .number, description: "Exclude pictures farther away."),
        Option(name: "cursor", schema: Schemas.cursor, description: "next_cursor of the previous page."),
        Option(
            name: "exact", schema: .boolean,
            description: "true for a proven answer, false for a fast one; by default the server chooses."),
        Option(
            name: "recall", schema: .number(SearchRequest.minimumRecall...SearchRequest.maximumRecall),
            description: "The share of the true neighbours that a fast answer finds on average."),
        Option(
            name: "index", schema: .string(longest: maximumIndex),
            description: "Search this index, flat for the plain scan; one that does not exist is refused."),
        Option(
            name: "overlaps", schema: .string(values: PictureSearch.Overlaps.allCases.map(\.rawValue)),
            description: "Of overlapping tiles give only the nearest (merge, the default) or all (keep)."),
    ]
}

/// Options of a request: the members of a JSON object, or the query parameters of an address. Nil means not given.
protocol OptionReader {
    func integer(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int?
    func number(_ name: String) throws(Problem) -> Double?
    func boolean(_ name: String) throws(Problem) -> Bool?
    func text(_ name: String, longest: Int) throws(Problem) -> String?
    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String) throws(Problem) -> Choice?
    func filter() throws -> Filter?
}

extension Dictionary: OptionReader where Key == String, Value == JSONReader {
    func integer(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? { try self[name]?.integer(range) }

    func number(_ name: String) throws(Problem) -> Double? { try self[name]?.number() }

    func boolean(_ name: String) throws(Problem) -> Bool? { try self[name]?.boolean() }

    func text(_ name: String, longest: Int) throws(Problem) -> String? { try self[name]?.string(longest: longest) }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String) throws(Problem) -> Choice? {
        guard let value = self[name] else { return nil }
        guard let choice = Choice(rawValue: try value.string(longest: 16)) else {
            throw value.wrong("\(Choice.allCases.map(\.rawValue).joined(separator: " or ")) is expected")
        }
        return choice
    }

    func filter() throws -> Filter? {
        try text("filter", longest: Filter.maximumBytes).map { try Filter(parsing: $0) }
    }
}

extension QueryReader: OptionReader {
    func text(_ name: String, longest: Int) throws(Problem) -> String? {
        guard let text = string(name) else { return nil }
        guard text.utf8.count <= longest else { throw .parameter(name, "is longer than \(longest) bytes") }
        return text
    }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String) throws(Problem) -> Choice? {
        guard let text = string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw .parameter(name, "is \(Choice.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        return choice
    }

    func filter() throws -> Filter? {
        try string("filter").map { text in
            let longest = SearchOptions.maximumAddressFilter
            guard text.unicodeScalars.count <= longest else {
                throw Problem.parameter("filter", "is longer than \(longest); search by POST")
            }
            return try Filter(parsing: text)
        }
    }
}
