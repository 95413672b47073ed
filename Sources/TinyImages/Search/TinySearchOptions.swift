import Foundation

/// How a file of tiny images is searched.
public struct TinySearchOptions: Sendable, Hashable {
    public static let k = (minimum: 1, standard: 10_000, maximum: 100_000_000)
    public static let threads = (minimum: 1, standard: ProcessInfo.processInfo.activeProcessorCount, maximum: 256)
    /// Queries that share one pass.
    public static let queries = (minimum: 1, maximum: 4_096)

    /// Records a query.
    public var k = k.standard
    public var threads = threads.standard

    public init() {}
}

/// How far a pass over the file has come.
public struct TinySearchProgress: Sendable, Hashable {
    /// Bytes.
    public let done: Int
    /// Bytes.
    public let total: Int
}
