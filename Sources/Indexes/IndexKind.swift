public import SosiaCore

/// A kind of index: how it is named, built, opened and searched, and when it is worth building.
///
/// Engines know indexes only by this. A new index is a type that conforms to `VectorIndex`, a constant below, and an
/// entry in ``Swift/Array/standard``.
public struct IndexKind: Sendable {
    /// As in plans and file names; lower-case letters and digits.
    public let name: String
    /// Whether answers are proven equal to brute force.
    public let isExact: Bool
    public let upkeep: IndexUpkeep
    /// Search settings by name, cheapest first, as measured by a calibration; none for an exact kind.
    public let steps: [[String: Int]]

    private let trained: @Sendable (Int, Metric, RawSpan, Span<Int64>, _ threads: Int) throws -> any ErasedIndex
    private let opened: @Sendable (_ path: String) throws -> any ErasedIndex
    private let checked: @Sendable (_ settings: [String: Int]) throws -> Void

    /// - Parameters:
    ///   - steps: at least one for an approximate kind.
    ///   - build: the options for building an index with a number of threads.
    ///   - search: the options for `k` neighbours. `settings` are those of a step, chosen for `IndexCalibration.k`
    ///     neighbours; they are read from a file, so invalid ones must be refused. An exact kind gets none.
    public init<Index: VectorIndex>(
        _ type: Index.Type, upkeep: IndexUpkeep = IndexUpkeep(), steps: [[String: Int]] = [],
        build: @escaping @Sendable (_ threads: Int) throws -> Index.BuildOptions,
        search: @escaping @Sendable (_ settings: [String: Int], _ k: Int, _ threads: Int) throws -> Index.SearchOptions
    ) {
        name = Index.kind
        isExact = Index.isExact
        self.upkeep = upkeep
        self.steps = steps
        trained = { dimension, metric, rows, ids, threads in
            let index = try Index.train(
                dimension: dimension, metric: metric, rows: rows, ids: ids, options: build(threads), threads: threads)
            return KnownIndex(index: index, options: search)
        }
        opened = { KnownIndex(index: try Index(opening: $0), options: search) }
        checked = { _ = try search($0, IndexCalibration.k, 1) }
    }

    /// `VectorIndex.train`
    public func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, threads: Int
    ) throws -> any ErasedIndex {
        try trained(dimension, metric, rows, ids, threads)
    }

    /// `VectorIndex.init(opening:)`
    public func open(_ path: String) throws -> any ErasedIndex { try opened(path) }

    /// Whether an index of this kind can be searched with these settings.
    public func accepts(_ settings: [String: Int]) -> Bool { (try? checked(settings)) != nil }
}

extension [IndexKind] {
    /// The indexes of this library, in order of preference. Without any, the plain scan answers.
    public static var standard: [IndexKind] { [.exact, .graph] }
}

extension IndexKind {
    /// Exact answers from compact codes, each of them proven.
    public static let exact = IndexKind(
        ExactIndex.self, upkeep: IndexUpkeep(rowsAtOnce: 65_536), build: { _ in .standard },
        search: { _, _, threads in try ExactSearchOptions(threads: threads) })

    /// From 1.5 billion values on, an exact search takes longer than embedding its query, which makes the graph worth
    /// building despite the neighbours it misses. A graph built in one go is better than one that is extended.
    public static let graph = IndexKind(
        GraphIndex.self, upkeep: IndexUpkeep(wanted: .fromValues(1_500_000_000)), steps: GraphSearchOptions.steps,
        build: { try GraphBuildOptions(threads: $0) },
        search: { try GraphSearchOptions(step: $0, k: $1, threads: $2) })
}

/// An index of any kind, with the promises of `VectorIndex`.
public protocol ErasedIndex: Sendable {
    var dimension: Int { get }
    var metric: Metric { get }
    var rowCount: Int { get }

    mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws
    mutating func remove(rows: [Int]) throws

    /// - Parameters:
    ///   - allowed: the rows that may be found; nil for all.
    ///   - settings: a step of the kind; empty for an exact one.
    ///   - threads: how many threads share the queries.
    /// - Throws: `IndexError.invalidOption` for invalid settings.
    func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?,
        settings: [String: Int], threads: Int
    ) throws -> [NeighborList]

    func write(to path: String) throws
}

/// Costs one indirect call per search; everything below it is specialised.
struct KnownIndex<Index: VectorIndex>: ErasedIndex {
    private(set) var index: Index
    let options: @Sendable (_ settings: [String: Int], _ k: Int, _ threads: Int) throws -> Index.SearchOptions

    var dimension: Int { index.dimension }
    var metric: Metric { index.metric }
    var rowCount: Int { index.rowCount }

    mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws {
        try index.add(rows: rows, ids: ids, threads: threads)
    }

    mutating func remove(rows: [Int]) throws { try index.remove(rows: rows) }

    func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?,
        settings: [String: Int], threads: Int
    ) throws -> [NeighborList] {
        try index.search(
            queries, k: k, rows: rows, ids: ids, allowed: allowed, options: options(settings, k, threads))
    }

    func write(to path: String) throws { try index.write(to: path) }
}
