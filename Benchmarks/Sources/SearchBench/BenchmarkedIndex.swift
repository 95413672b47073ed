import Indexes
import SosiaCore

/// What the benchmark has to know about an index beyond the protocol: how its options are called.
protocol BenchmarkedIndex: VectorIndex {
    static func buildOptions(_ settings: Settings) throws -> BuildOptions
    static func searchOptions(_ settings: Settings) throws -> SearchOptions

    /// The same as `add(rows:ids:)` with several threads, where the index has that.
    mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws
}

/// The indexes that can be asked for by name.
enum IndexKind: String, Decodable, CaseIterable, Sendable {
    case flat
    case exact
    case graph

    var type: any BenchmarkedIndex.Type {
        switch self {
        case .flat: FlatIndex.self
        case .exact: ExactIndex.self
        case .graph: GraphIndex.self
        }
    }
}

extension FlatIndex: BenchmarkedIndex {
    static func buildOptions(_ settings: Settings) -> BuildOptions { BuildOptions() }

    static func searchOptions(_ settings: Settings) throws -> FlatSearchOptions {
        try FlatSearchOptions(threads: settings.threads)
    }

    mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws {
        try add(rows: rows, ids: ids)
    }
}

extension ExactIndex: BenchmarkedIndex {
    static func buildOptions(_ settings: Settings) throws -> ExactBuildOptions {
        try ExactBuildOptions(seed: settings.seed)
    }

    static func searchOptions(_ settings: Settings) throws -> ExactSearchOptions {
        try ExactSearchOptions(threads: settings.threads)
    }
}

extension GraphIndex: BenchmarkedIndex {
    static func buildOptions(_ settings: Settings) throws -> GraphBuildOptions {
        try GraphBuildOptions(threads: settings.threads, seed: settings.seed)
    }

    static func searchOptions(_ settings: Settings) throws -> GraphSearchOptions {
        try GraphSearchOptions(
            effort: settings.effort ?? GraphSearchOptions.defaultEffort, rerank: settings.rerank,
            threads: settings.threads)
    }
}
