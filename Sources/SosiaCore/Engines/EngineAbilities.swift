/// What an engine can and cannot do, stated as facts, so that no caller needs to know which engine it is.
public struct EngineAbilities: Sendable, Hashable, Codable {
    /// How many processes may write to a collection at the same time.
    public enum Writers: String, Sendable, Hashable, Codable {
        /// One; the others are refused with ``StoreError/locked(path:)``.
        case one
        case many
    }

    /// When searches of other processes see a commit.
    public enum Visibility: String, Sendable, Hashable, Codable {
        /// From the first search that begins after it.
        case atOnce = "at-once"
        /// Some time after it; the writer itself sees it at once.
        case eventually
    }

    /// The optional parts of ``EngineUpkeep``.
    public enum Upkeep: String, Sendable, Hashable, Codable, CaseIterable {
        case indexes, duplicates, verify, repair, compact
    }

    /// The engine's name for people to read, such as `embedded`.
    public let engine: String
    /// Whether the answer in mode `.exact` is proven equal to a comparison with every picture, ties by id.
    public let isExactProven: Bool
    public let writers: Writers
    public let visibility: Visibility
    /// Hits per page.
    public let maximumK: Int
    public let maximumDimension: Int
    /// For all attributes of one picture together, as JSON.
    public let maximumAttributeBytes: Int
    public let metrics: [Metric]
    /// Whether the recall of `.approximate(recall:)` is measured against exact answers on the collection itself.
    public let isRecallCalibrated: Bool
    /// Whether vectors are returned bit for bit as they were added.
    public let keepsVectorBits: Bool
    /// In the order of `Upkeep.allCases`.
    public let upkeep: [Upkeep]

    public init(
        engine: String, isExactProven: Bool, writers: Writers, visibility: Visibility,
        maximumK: Int = SearchRequest.maximumK, maximumDimension: Int, maximumAttributeBytes: Int, metrics: [Metric],
        isRecallCalibrated: Bool, keepsVectorBits: Bool, upkeep: Set<Upkeep>
    ) {
        self.engine = engine
        self.isExactProven = isExactProven
        self.writers = writers
        self.visibility = visibility
        self.maximumK = maximumK
        self.maximumDimension = maximumDimension
        self.maximumAttributeBytes = maximumAttributeBytes
        self.metrics = metrics
        self.isRecallCalibrated = isRecallCalibrated
        self.keepsVectorBits = keepsVectorBits
        self.upkeep = Upkeep.allCases.filter(upkeep.contains)
    }

    private enum CodingKeys: String, CodingKey {
        case engine, writers, visibility, metrics, upkeep
        case isExactProven = "exact_proven"
        case maximumK = "max_k"
        case maximumDimension = "max_dimension"
        case maximumAttributeBytes = "max_attribute_bytes"
        case isRecallCalibrated = "recall_calibrated"
        case keepsVectorBits = "keeps_vector_bits"
    }
}
