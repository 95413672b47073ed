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

    /// So many leading directions are coded first and scanned for every row; nil takes a share of the dimension
    /// (``automaticPrefix(dimension:)``). More than the dimension means all of it.
    public let prefix: Int?
    /// So many further directions are looked at where the prefix leaves a row possible, 0 for none; nil takes a share
    /// of the dimension (``automaticMiddle(dimension:)``).
    public let middle: Int?
    /// At most so many rows are looked at for learning.
    public let sample: Int
    public let seed: UInt64

    public static let standard = ExactBuildOptions(
        prefix: nil, middle: nil, sample: defaultSample, seed: 1, unchecked: ())

    /// - Throws: `IndexError.invalidOption`.
    public init(
        prefix: Int? = nil, middle: Int? = nil, sample: Int = defaultSample, seed: UInt64 = 1
    ) throws(IndexError) {
        if let prefix, prefix < Self.minimumPrefix || prefix > Self.maximumPrefix {
            throw .invalidOption(
                name: "prefix", got: prefix, minimum: Self.minimumPrefix, maximum: Self.maximumPrefix)
        }
        if let middle, middle < Self.minimumMiddle || middle > Self.maximumMiddle {
            throw .invalidOption(
                name: "middle", got: middle, minimum: Self.minimumMiddle, maximum: Self.maximumMiddle)
        }
        guard sample >= Self.minimumSample, sample <= Self.maximumSample else {
            throw .invalidOption(
                name: "sample", got: sample, minimum: Self.minimumSample, maximum: Self.maximumSample)
        }
        self.init(prefix: prefix, middle: middle, sample: sample, seed: seed, unchecked: ())
    }

    private init(prefix: Int?, middle: Int?, sample: Int, seed: UInt64, unchecked: Void) {
        self.prefix = prefix
        self.middle = middle
        self.sample = sample
        self.seed = seed
    }

    /// What was quickest in the benchmarks: 128 of 1,280 dimensions, 64 of 128.
    static func automaticPrefix(dimension: Int) -> Int {
        let share = dimension <= 256 ? dimension / 2 : dimension / 10
        return min(max(share / 32 * 32, 32), 256)
    }

    /// What was quickest in the benchmarks: 224 of 1,280 dimensions, none of 128.
    static func automaticMiddle(dimension: Int) -> Int {
        dimension < 512 ? 0 : min(dimension * 7 / 40 / 32 * 32, 480)
    }
}

/// How the exact index searches. The answer does not depend on it.
public struct ExactSearchOptions: Sendable, Hashable {
    public static let minimumThreads = 1
    public static let defaultThreads = 1
    public static let maximumThreads = 256

    /// The queries of a batch are split among so many threads; one query is answered by one.
    public let threads: Int

    public static let standard = ExactSearchOptions(uncheckedThreads: defaultThreads)

    /// - Throws: `IndexError.invalidOption`.
    public init(threads: Int = defaultThreads) throws(IndexError) {
        guard threads >= Self.minimumThreads, threads <= Self.maximumThreads else {
            throw .invalidOption(
                name: "threads", got: threads, minimum: Self.minimumThreads, maximum: Self.maximumThreads)
        }
        self.threads = threads
    }

    private init(uncheckedThreads: Int) {
        threads = uncheckedThreads
    }
}
