import Hummingbird
import Sosia

/// Everything about a search but what is looked for.
struct SearchOptions: Sendable {
    /// Hits of one page; deeper pages are reached by the cursor.
    static let k = (minimum: 1, standard: 20, maximum: 1000)

    var k = SearchOptions.k.standard
    var mode = SearchRequest.Mode.automatic
    var index: String?
    var filter: Filter?
    var maximumDistance: Float?
    var cursor: SearchCursor?
    var overlaps = Overlaps.merge

    /// Characters; longer ones would not fit into the head of a request once they are escaped.
    static let longestFilterInAddress = 1024

    /// Bytes of the name of an index.
    static let longestIndex = 64

    /// - Parameter members: of a body.
    init(_ members: [String: JSONReader]) throws {
        if let value = members["k"] { k = try value.integer(Self.k.minimum...Self.k.maximum) }
        mode = try Self.mode(
            exact: members["exact"].map { try $0.boolean() }, recall: members["recall"].map { try $0.number() })
        index = try members["index"]?.string(longest: Self.longestIndex)
        filter = try members["filter"].map { try Filter(parsing: $0.string(longest: Filter.maximumBytes)) }
        maximumDistance = try members["max_distance"].map { Float(try $0.number()) }
        cursor = try members["cursor"].map { try Self.cursor($0.string(longest: 256)) }
        if let value = members["overlaps"] {
            guard let known = Overlaps(rawValue: try value.string(longest: 16)) else {
                throw value.wrong("merge or keep is expected")
            }
            overlaps = known
        }
    }

    /// - Parameter query: parameters of an address.
    init(_ query: QueryReader) throws {
        k = try query.integer("k", Self.k.minimum...Self.k.maximum) ?? k
        mode = try Self.mode(exact: query.boolean("exact"), recall: query.number("recall"))
        index = query.string("index")
        if let index, index.utf8.count > Self.longestIndex {
            throw Problem.parameter("index", "is longer than \(Self.longestIndex) bytes")
        }
        filter = try query.filter()
        maximumDistance = try query.number("max_distance").map { Float($0) }
        cursor = try query.string("cursor").map { try Self.cursor($0) }
        if let text = query.string("overlaps") {
            guard let known = Overlaps(rawValue: text) else {
                throw Problem.parameter("overlaps", "is merge or keep")
            }
            overlaps = known
        }
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
            throw Problem(.invalidCursor, "hand back next_cursor as it was given")
        }
        return cursor
    }
}

extension QueryReader {
    /// The parameter `filter`.
    func filter() throws -> Filter? {
        try string("filter").map { text in
            let longest = SearchOptions.longestFilterInAddress
            guard text.unicodeScalars.count <= longest else {
                throw Problem.parameter("filter", "is longer than \(longest); search by POST")
            }
            return try Filter(parsing: text)
        }
    }
}
