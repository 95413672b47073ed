/// What an index covers and costs.
public struct IndexStatus: Sendable, Hashable {
    /// The kind of index, as plans name it.
    public let kind: String
    /// Whether its answers are proven equal to the plain scan's.
    public let isExact: Bool
    /// The rows that it covers; those behind them are scanned.
    public let rows: Int
    public let bytes: Int64
    /// What recall costs, for an index that is not exact; nil when that was not measured.
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
    /// Those that make searches quicker by more than their building costs.
    case whatPays
    /// One that approximate searches can use besides, whatever the size of the collection.
    case approximate
    /// One of this kind besides, likewise.
    case named(String)
}

/// What recall costs with an index that is not exact, measured on the collection itself.
///
/// It is written as JSON, the settings of an entry beside its `recall` and `ms`:
/// `{"entries": [{"effort": 32, "ms": 0.1, "recall": 0.98, "rerank": 30}], "exact_ms": 2.5}`.
public struct IndexCalibration: Sendable, Hashable {
    /// What one choice of search settings gives.
    public struct Entry: Sendable, Hashable {
        /// The settings by name, as the kind of index calls them.
        public let settings: [String: Int]
        /// The share of the true ``IndexCalibration/k`` nearest that was found, mean over the queries.
        public let recall: Double
        /// Milliseconds a query, mean, on the machine that measured.
        public let milliseconds: Double

        public init(settings: [String: Int], recall: Double, milliseconds: Double) {
            self.settings = settings
            self.recall = recall
            self.milliseconds = milliseconds
        }
    }

    /// The neighbours that were asked for.
    public static let k = 10

    /// By what they cost, the cheapest first.
    public let entries: [Entry]
    /// Milliseconds a query of an exact search, mean.
    public let exactMilliseconds: Double

    public init(entries: [Entry], exactMilliseconds: Double) {
        self.entries = entries
        self.exactMilliseconds = exactMilliseconds
    }

    /// The cheapest way to a recall; nil when none was found.
    public func cheapest(for recall: Double) -> Entry? {
        entries.first { $0.recall >= recall }
    }

    /// What finds the most; of equals the cheapest.
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
