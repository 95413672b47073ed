public import SosiaCore

/// How the exact index learns its rotation.
public struct ExactBuildOptions: Sendable, Hashable {
    public static let minimumPrefix = 8
    public static let maximumPrefix = 1024
    public static let minimumMiddle = 0
    public static let maximumMiddle = 1024
    public static let minimumSample = 256
    public static let defaultSample = 8192
    public static let maximumSample = 1 << 20

    /// How many leading directions are coded first and scanned for every row; nil derives it from the dimension
    /// (``automaticPrefix(dimension:)``). Values above the dimension mean all of it.
    public let prefix: Int?
    /// How many further directions are examined for rows that the prefix does not exclude, 0 for none; nil derives it
    /// from the dimension (``automaticMiddle(dimension:)``).
    public let middle: Int?
    /// The largest number of rows to learn from.
    public let sample: Int
    public let seed: UInt64

    public static let standard = ExactBuildOptions(
        prefix: nil, middle: nil, sample: defaultSample, seed: 1, unchecked: ())

    /// - Throws: `IndexError.invalidOption`.
    public init(
        prefix: Int? = nil, middle: Int? = nil, sample: Int = defaultSample, seed: UInt64 = 1
    ) throws(IndexError) {
        if let prefix { try IndexOption.check("prefix", prefix, Self.minimumPrefix...Self.maximumPrefix) }
        if let middle { try IndexOption.check("middle", middle, Self.minimumMiddle...Self.maximumMiddle) }
        try IndexOption.check("sample", sample, Self.minimumSample...Self.maximumSample)
        self.init(prefix: prefix, middle: middle, sample: sample, seed: seed, unchecked: ())
    }

    private init(prefix: Int?, middle: Int?, sample: Int, seed: UInt64, unchecked: Void) {
        self.prefix = prefix
        self.middle = middle
        self.sample = sample
        self.seed = seed
    }

    /// The fastest choice in the benchmarks: 128 of 1,280 dimensions, 64 of 128.
    static func automaticPrefix(dimension: Int) -> Int {
        let share = dimension <= 256 ? dimension / 2 : dimension / 10
        return min(max(share / 32 * 32, 32), 256)
    }

    /// The fastest choice in the benchmarks: 224 of 1,280 dimensions, none of 128.
    static func automaticMiddle(dimension: Int) -> Int {
        dimension < 512 ? 0 : min(dimension * 7 / 40 / 32 * 32, 480)
    }
}

/// How the exact index searches. The answer does not depend on it.
public struct ExactSearchOptions: Sendable, Hashable {
    public static let minimumThreads = 1
    public static let defaultThreads = 1
    public static let maximumThreads = 256

    /// How many threads share the queries of a batch; a single query uses one.
    public let threads: Int

    public static let standard = ExactSearchOptions(threads: defaultThreads, unchecked: ())

    /// - Throws: `IndexError.invalidOption`.
    public init(threads: Int = defaultThreads) throws(IndexError) {
        try IndexOption.check("threads", threads, Self.minimumThreads...Self.maximumThreads)
        self.init(threads: threads, unchecked: ())
    }

    private init(threads: Int, unchecked: Void) {
        self.threads = threads
    }
}
