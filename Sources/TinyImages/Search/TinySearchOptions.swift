import Foundation

/// How a file of tiny images is searched.
public struct TinySearchOptions: Sendable, Hashable {
    public static let k = (minimum: 1, standard: 10_000, maximum: 100_000_000)
    public static let threads = (minimum: 1, standard: ProcessInfo.processInfo.activeProcessorCount, maximum: 256)
    /// Queries that share one pass.
    public static let queries = (minimum: 1, maximum: 4_096)
    /// Bytes.
    public static let memory = (minimum: 16 << 20, standard: 256 << 20, maximum: 1 << 40)

    /// Records a query.
    public var k = k.standard
    public var threads = threads.standard
    /// What the nearest records of the queries of one pass may take; those of one query are kept however many they are.
    public var memory = memory.standard

    public init() {}

    /// How many queries share a pass over this many records.
    public func queriesPerPass(over count: Int) -> Int {
        let threads = min(max(threads, Self.threads.minimum), Self.threads.maximum)
        let kept = NearestRecords.byteCount(k: min(max(k, Self.k.minimum), max(count, 1)))
        let memory = min(max(memory, Self.memory.minimum), Self.memory.maximum)
        return min(max(memory / (threads * kept + 4 * TinyImage.byteCount), Self.queries.minimum), Self.queries.maximum)
    }
}

/// How far a pass over the file has come.
public struct TinySearchProgress: Sendable, Hashable {
    /// Bytes.
    public let done: Int
    /// Bytes.
    public let total: Int
}
