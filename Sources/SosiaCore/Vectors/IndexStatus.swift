/// What an index covers, and its size and recall.
public struct IndexStatus: Sendable, Hashable {
    /// The kind of index, as in ``SearchPlan/index``.
    public let kind: String
    /// Whether its answers are proven equal to the plain scan's.
    public let isExact: Bool
    /// The number of rows it covers; later rows are scanned.
    public let rows: Int
    public let bytes: Int64
    /// What recall costs; nil for exact indexes, and if it was not measured.
    public let calibration: IndexCalibration?

    public init(kind: String, isExact: Bool, rows: Int, bytes: Int64, calibration: IndexCalibration? = nil) {
        self.kind = kind
        self.isExact = isExact
        self.rows = rows
        self.bytes = bytes
        self.calibration = calibration
    }
}

/// Which indexes to build.
public enum IndexDemand: Sendable, Hashable {
    /// Those that make searches faster by more than building them costs.
    case whatPays
    /// In addition, one for approximate searches, whatever the size of the collection.
    case approximate
    /// In addition, one of this kind, whatever the size of the collection.
    case named(String)
}

/// What recall costs with an approximate index, measured on the collection itself.
///
/// Written as JSON, with the settings of an entry beside its `recall` and `ms`:
/// `{"entries": [{"effort": 32, "ms": 0.1, "recall": 0.98, "rerank": 30}], "exact_ms": 2.5}`.
public struct IndexCalibration: Sendable, Hashable {
    /// The recall and cost of one choice of search settings.
    public struct Entry: Sendable, Hashable {
        /// The index's settings by name.
        public let settings: [String: Int]
        /// The mean share of the true ``IndexCalibration/k`` nearest neighbours that was found.
        public let recall: Double
        /// Mean time per query on the machine that measured.
        public let milliseconds: Double

        public init(settings: [String: Int], recall: Double, milliseconds: Double) {
            self.settings = settings
            self.recall = recall
            self.milliseconds = milliseconds
        }
    }

    /// The number of neighbours requested per query.
    public static let k = 10

    /// Cheapest first.
    public let entries: [Entry]
    /// Mean time per query of an exact search.
    public let exactMilliseconds: Double

    public init(entries: [Entry], exactMilliseconds: Double) {
        self.entries = entries
        self.exactMilliseconds = exactMilliseconds
    }

    /// The cheapest entry that reaches a recall; nil if none does.
    public func cheapest(for recall: Double) -> Entry? {
        entries.first { $0.recall >= recall }
    }

    /// The entry with the highest recall; of equal ones the cheapest.
    public var widest: Entry? {
        entries.reduce(nil) { best, entry in best.map { entry.recall > $0.recall } ?? true ? entry : best }
    }
}

extension IndexCalibration: Codable {
    private enum CodingKeys: String, CodingKey {
        case entries
        case exactMilliseconds = "exact_ms"
    }
}

extension IndexCalibration.Entry: Codable {
    /// `recall`, `ms`, or the name of a setting.
    private struct Key: CodingKey {
        static let recall = Key("recall")
        static let milliseconds = Key("ms")

        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }

        init?(stringValue: String) { self.init(stringValue) }

        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        var settings: [String: Int] = [:]
        for key in container.allKeys
        where key.stringValue != Key.recall.stringValue && key.stringValue != Key.milliseconds.stringValue {
            settings[key.stringValue] = try container.decode(Int.self, forKey: key)
        }
        self.init(
            settings: settings, recall: try container.decode(Double.self, forKey: .recall),
            milliseconds: try container.decode(Double.self, forKey: .milliseconds))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (name, value) in settings { try container.encode(value, forKey: Key(name)) }
        try container.encode(recall, forKey: .recall)
        try container.encode(milliseconds, forKey: .milliseconds)
    }
}
