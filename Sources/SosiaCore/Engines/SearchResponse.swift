/// A picture that was found and its distance from the query.
public struct SearchHit: Sendable, Hashable {
    public let record: ImageRecord
    /// By the collection's metric; smaller is closer.
    public let distance: Float

    public init(record: ImageRecord, distance: Float) {
        self.record = record
        self.distance = distance
    }
}

/// The answer to a request: hits, nearest first, ties by id, and how they were found.
public struct SearchResponse: Sendable, Hashable {
    public let hits: [SearchHit]
    public let plan: SearchPlan
    /// Where the next page continues; nil on the last page.
    public let nextCursor: SearchCursor?

    public init(hits: [SearchHit], plan: SearchPlan, nextCursor: SearchCursor? = nil) {
        self.hits = hits
        self.plan = plan
        self.nextCursor = nextCursor
    }
}

/// How an answer was found.
public struct SearchPlan: Sendable, Hashable, Codable {
    /// How the request's filter was applied.
    public struct Filtering: Sendable, Hashable, Codable {
        /// How the search was restricted to the pictures that pass.
        public enum Way: String, Sendable, Hashable, Codable {
            /// Only the rows that pass were measured.
            case rows
            /// The index was searched with a bitmap of rows.
            case bitmap
            /// The engine's database evaluated the filter as part of its query.
            case database
        }

        public let way: Way
        /// How many pictures pass; nil when the engine does not know.
        public let allowed: Int?

        public init(way: Way, allowed: Int?) {
            self.way = way
            self.allowed = allowed
        }
    }

    /// The kind of index that was searched, `flat` for the plain scan.
    public let index: String
    /// Whether the answer is proven equal to the plain scan's.
    public let exact: Bool
    /// How many vectors were examined.
    public let scanned: Int
    /// nil when the request had no filter.
    public let filter: Filtering?

    public init(index: String, exact: Bool, scanned: Int, filter: Filtering? = nil) {
        self.index = index
        self.exact = exact
        self.scanned = scanned
        self.filter = filter
    }
}

/// The last hit of a page, from which the next page continues. Its text is opaque to clients.
///
/// The next page holds the hits after this one in the order of answers (distance, then id), so that pictures added or
/// removed in the meantime neither repeat nor hide others.
public struct SearchCursor: Sendable, Hashable {
    /// The last hit's distance.
    public let distance: Float
    /// The last hit's id.
    public let id: ImageID
    /// Hits on all pages so far.
    public let returned: Int

    /// - Returns: nil unless the distance is a number, the id positive and `returned` in 1...`SearchRequest.maximumK`.
    public init?(distance: Float, id: ImageID, returned: Int) {
        guard !distance.isNaN, id.rawValue > 0, (1...SearchRequest.maximumK).contains(returned) else { return nil }
        self.distance = distance
        self.id = id
        self.returned = returned
    }

    /// Whether a hit comes after this cursor.
    public func precedes(distance: Float, id: ImageID) -> Bool {
        distance != self.distance ? distance > self.distance : id > self.id
    }
}

extension SearchCursor: LosslessStringConvertible {
    /// - Returns: nil for anything but the ``description`` of a cursor.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) }),
            let bits = UInt32(parts[0], radix: 16), let id = Int64(parts[1], radix: 16),
            let returned = Int(parts[2], radix: 16)
        else { return nil }
        self.init(distance: Float(bitPattern: bits), id: ImageID(rawValue: id), returned: returned)
    }

    /// The bits of the distance, the id and the number of hits returned, in hexadecimal.
    public var description: String {
        [String(distance.bitPattern, radix: 16), String(id.rawValue, radix: 16), String(returned, radix: 16)]
            .joined(separator: "-")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }
}
