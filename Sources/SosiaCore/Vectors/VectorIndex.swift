/// A structure that finds nearest rows without, or with less, reading of all floats.
///
/// The floats themselves stay where the truth is (a mapped file): an index is a cache over the first ``rowCount`` rows
/// and is handed the rows at each call. Rows behind those are the tail; ``search(_:k:rows:ids:options:)`` scans it
/// exactly and merges, so that a row is found the moment it exists.
///
/// Everywhere, `rows` is row-major little-endian Float32, `dimension` values a row, at least four-byte aligned, and
/// `ids` gives one number a row, 0 for a dead row that must not be found. All values are finite.
public protocol VectorIndex: Sendable {
    associatedtype BuildOptions: Sendable
    associatedtype SearchOptions: Sendable

    /// A short word for plans and files, such as `flat`: lower-case letters and digits.
    static var kind: String { get }
    /// Whether answers are proven equal to brute force.
    static var isExact: Bool { get }

    var dimension: Int { get }
    var metric: Metric { get }
    /// How many rows, from the first on, the index covers; dead ones included.
    var rowCount: Int { get }

    /// Learns what the index needs from `rows` (a sample is enough), without adding any of them.
    /// - Parameter threads: how many share the work; what comes out does not depend on it.
    /// - Throws: `IndexError.unsupportedMetric`, `.shapeMismatch`.
    static func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, options: BuildOptions, threads: Int
    ) throws -> Self

    /// Covers all of `rows`: those from ``rowCount`` on are new, the earlier ones unchanged since they were added.
    /// - Parameter threads: how many share the work; what comes out does not depend on it.
    /// - Throws: `IndexError.shapeMismatch` when `rows` are not whole rows, `.missingRows` when they are fewer than what
    ///   is covered, `.invalidOption`.
    mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws

    /// Tells the index that rows have died. They are dead in `ids` of later searches, too.
    mutating func remove(rows: [Int]) throws

    /// - Parameter queries: one query after the other, `dimension` finite values each.
    /// - Returns: one list a query.
    /// - Throws: `VectorError.dimensionMismatch`, `.notFinite`; `IndexError.shapeMismatch`.
    func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, options: SearchOptions
    ) throws -> [NeighborList]

    /// The same among some rows only; nil means all of them. What comes without an implementation of its own hands
    /// ``search(_:k:rows:ids:options:)`` ids that are 0 for the rows that are not allowed.
    func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?, options: SearchOptions
    ) throws -> [NeighborList]

    /// Writes the index as one new file, synced to disk before it returns.
    /// - Throws: the writer's error.
    func write(to path: String) throws

    /// Opens what ``write(to:)`` wrote. Everything that is not exactly that is refused.
    /// - Throws: `IndexError.damaged`, `.unknownVersion`; the mapping's error.
    init(opening path: String) throws
}

extension VectorIndex {
    /// The same with one thread.
    public mutating func add(rows: RawSpan, ids: Span<Int64>) throws {
        try add(rows: rows, ids: ids, threads: 1)
    }

    /// The same among the rows that a filter allows.
    public func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?, options: SearchOptions
    ) throws -> [NeighborList] {
        guard let allowed else { return try search(queries, k: k, rows: rows, ids: ids, options: options) }
        return try search(queries, k: k, rows: rows, ids: allowed.masking(ids).span, options: options)
    }
}

/// What can be wrong with an index or with how it is called.
public enum IndexError: Error, Hashable, Sendable {
    case unsupportedMetric(Metric)
    /// `bytes` of rows do not fit to `ids` and `dimension`.
    case shapeMismatch(bytes: Int, ids: Int, dimension: Int)
    /// The index covers more rows than it was given.
    case missingRows(got: Int, covered: Int)
    case invalidK(got: Int)
    case invalidOption(name: String, got: Int, minimum: Int, maximum: Int)
    case unknownVersion(got: Int, expected: Int)
    case damaged(String)
}

extension IndexError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unsupportedMetric(let metric):
            "the index does not support the metric \(metric.rawValue)"
        case .shapeMismatch(let bytes, let ids, let dimension):
            "\(bytes) bytes are not \(ids) rows of \(dimension) floats"
        case .missingRows(let got, let covered):
            "the index covers \(covered) rows, but only \(got) were given"
        case .invalidK(let got):
            "k is \(got), expected at least 1"
        case .invalidOption(let name, let got, let minimum, let maximum):
            "\(name) is \(got), expected \(minimum) to \(maximum)"
        case .unknownVersion(let got, let expected):
            "the index file has version \(got), expected \(expected)"
        case .damaged(let what):
            "the index file is damaged: \(what)"
        }
    }
}
