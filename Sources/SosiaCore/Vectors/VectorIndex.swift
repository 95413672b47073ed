/// A structure that finds the nearest rows without reading all of their floats.
///
/// The floats stay in the collection's vector file, which is mapped and passed to every call: an index is only a cache
/// over the first ``rowCount`` rows. Later rows are the tail, which ``search(_:k:rows:ids:options:)`` scans exactly and
/// merges, so that a row can be found as soon as it exists.
///
/// Throughout, `rows` is row-major little-endian Float32, `dimension` finite values per row, at least four-byte aligned,
/// and `ids` has one number per row, 0 for a dead row, which must not be found.
public protocol VectorIndex: Sendable {
    associatedtype BuildOptions: Sendable
    associatedtype SearchOptions: Sendable

    /// A short name for plans and files, such as `flat`: lower-case letters and digits.
    static var kind: String { get }
    /// Whether answers are proven equal to brute force.
    static var isExact: Bool { get }

    var dimension: Int { get }
    var metric: Metric { get }
    /// How many rows the index covers, counted from the first one and including dead ones.
    var rowCount: Int { get }

    /// Learns what the index needs from `rows` (a sample is enough) without adding any of them.
    /// - Parameter threads: how many threads share the work; the result does not depend on it.
    /// - Throws: `IndexError.unsupportedMetric`, `.shapeMismatch`.
    static func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, options: BuildOptions, threads: Int
    ) throws -> Self

    /// Extends the index to all of `rows`: those from ``rowCount`` on are new, the earlier ones unchanged.
    /// - Parameter threads: how many threads share the work; the result does not depend on it.
    /// - Throws: `IndexError.shapeMismatch` if `rows` are not whole rows, `.missingRows` if they are fewer than the index
    ///   covers, `.invalidOption`.
    mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws

    /// Tells the index that rows are dead. They are also dead in the `ids` of later searches.
    /// - Throws: `IndexError.unknownRow`
    mutating func remove(rows: [Int]) throws

    /// - Parameter queries: concatenated queries, `dimension` finite values each.
    /// - Returns: one list per query.
    /// - Throws: `VectorError.dimensionMismatch`, `.notFinite`; `IndexError.shapeMismatch`.
    func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, options: SearchOptions
    ) throws -> [NeighborList]

    /// Searches only the allowed rows; nil means all. By default this calls ``search(_:k:rows:ids:options:)`` with an id
    /// of 0 for every row that is not allowed.
    func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?, options: SearchOptions
    ) throws -> [NeighborList]

    /// Writes the index to a new file and syncs it to disk.
    /// - Throws: the writer's error.
    func write(to path: String) throws

    /// Opens what ``write(to:)`` wrote and refuses anything else.
    /// - Throws: `IndexError.damaged`, `.unknownVersion`; the mapping's error.
    init(opening path: String) throws
}

extension VectorIndex {
    /// Extends the index with one thread.
    public mutating func add(rows: RawSpan, ids: Span<Int64>) throws {
        try add(rows: rows, ids: ids, threads: 1)
    }

    /// Searches only the rows that a filter allows.
    public func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, allowed: RowFilter?, options: SearchOptions
    ) throws -> [NeighborList] {
        guard let allowed else { return try search(queries, k: k, rows: rows, ids: ids, options: options) }
        return try search(queries, k: k, rows: rows, ids: allowed.masking(ids).span, options: options)
    }
}

/// What can go wrong with an index or a call of it.
public enum IndexError: Error, Hashable, Sendable {
    case unsupportedMetric(Metric)
    /// `bytes` of rows do not match `ids` and `dimension`.
    case shapeMismatch(bytes: Int, ids: Int, dimension: Int)
    /// The index covers more rows than it was given.
    case missingRows(got: Int, covered: Int)
    /// A row that the index does not cover.
    case unknownRow(got: Int, covered: Int)
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
        case .unknownRow(let got, let covered):
            "there is no row \(got), the index covers \(covered) rows"
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
