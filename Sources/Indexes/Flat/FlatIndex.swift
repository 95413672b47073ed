internal import FileSystem
public import SosiaCore

/// Brute force as an index: it learns nothing and stores only a count.
public struct FlatIndex: VectorIndex {
    /// There is nothing to choose.
    public struct BuildOptions: Sendable, Hashable {
        public init() {}
    }

    public static let kind = "flat"
    public static let isExact = true
    private static let magic = "SOSIAFLT"

    public let dimension: Int
    public let metric: Metric
    public private(set) var rowCount: Int

    /// Checks the shape; there is nothing to learn.
    public static func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, options: BuildOptions, threads: Int
    ) throws -> FlatIndex {
        try SearchInput.checkRows(rows, ids: ids, dimension: dimension)
        guard metric != .hamming else { throw IndexError.unsupportedMetric(metric) }
        return FlatIndex(dimension: dimension, metric: metric, rowCount: 0)
    }

    private init(dimension: Int, metric: Metric, rowCount: Int) {
        self.dimension = dimension
        self.metric = metric
        self.rowCount = rowCount
    }

    /// Counts the rows.
    public mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws {
        try SearchInput.checkRows(rows, ids: ids, dimension: dimension)
        guard ids.count >= rowCount else { throw IndexError.missingRows(got: ids.count, covered: rowCount) }
        rowCount = ids.count
    }

    public mutating func remove(rows: [Int]) throws {
        for row in rows where row < 0 || row >= rowCount {
            throw IndexError.unknownRow(got: row, covered: rowCount)
        }
    }

    /// Measures every row.
    public func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, options: FlatSearchOptions
    ) throws -> [NeighborList] {
        guard ids.count >= rowCount else { throw IndexError.missingRows(got: ids.count, covered: rowCount) }
        return try FlatScan.search(
            queries, k: k, metric: metric, dimension: dimension, rows: rows, ids: ids, options: options)
    }

    /// Writes a header and nothing else.
    public func write(to path: String) throws {
        var writer = try FileWriter(creating: path)
        let header = IndexHeader(
            magic: Self.magic, dimension: dimension, metric: metric, rowCount: rowCount,
            fileLength: IndexHeader.byteCount)
        try writer.append(header.bytes.span.bytes)
        try writer.sync()
    }

    public init(opening path: String) throws {
        let file = try MappedFile(path, minimumCount: IndexHeader.byteCount)
        let header = try IndexHeader(of: file, magic: Self.magic)
        guard file.count == IndexHeader.byteCount else { throw IndexError.damaged("the file is too long") }
        self.init(dimension: header.dimension, metric: header.metric, rowCount: header.rowCount)
    }
}

/// How brute force searches.
public struct FlatSearchOptions: Sendable, Hashable {
    public static let minimumThreads = 1
    public static let defaultThreads = 1
    public static let maximumThreads = 256

    /// How many threads share the rows; the answer does not depend on it.
    public let threads: Int

    public static let standard = FlatSearchOptions(threads: defaultThreads, unchecked: ())

    /// - Throws: `IndexError.invalidOption`.
    public init(threads: Int = defaultThreads) throws(IndexError) {
        try IndexOption.check("threads", threads, Self.minimumThreads...Self.maximumThreads)
        self.init(threads: threads, unchecked: ())
    }

    private init(threads: Int, unchecked: Void) {
        self.threads = threads
    }
}
