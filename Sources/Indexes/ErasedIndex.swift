public import SosiaCore

/// An index of whatever kind; its promises are those of `VectorIndex`.
public protocol ErasedIndex: Sendable {
    var dimension: Int { get }
    var metric: Metric { get }
    var rowCount: Int { get }

    mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws
    mutating func remove(rows: [Int]) throws

    /// - Parameters:
    ///   - allowed: the rows that may be found; nil for all.
    ///   - settings: of a step of the kind; none for an exact one.
    ///   - threads: how many share the queries.
    /// - Throws: `IndexError.invalidOption` for settings that are none.
    func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?,
        settings: [String: Int], threads: Int
    ) throws -> [NeighborList]

    func write(to path: String) throws
}

/// One indirect call leads to the index, below which everything is specialised.
struct KnownIndex<Index: VectorIndex>: ErasedIndex {
    private(set) var index: Index
    let options: @Sendable (_ settings: [String: Int], _ k: Int, _ threads: Int) throws -> Index.SearchOptions

    init(
        index: Index,
        options: @escaping @Sendable (_ settings: [String: Int], _ k: Int, _ threads: Int) throws -> Index.SearchOptions
    ) {
        self.index = index
        self.options = options
    }

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
