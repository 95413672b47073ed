internal import Kernels
public import SosiaCore

/// How the graph is built.
public struct GraphBuildOptions: Sendable, Hashable {
    public static let minimumDegree = 4
    public static let defaultDegree = 48
    public static let maximumDegree = 256
    public static let minimumEffort = 8
    public static let defaultEffort = 64
    public static let maximumEffort = 1024
    public static let minimumRank = 8
    public static let defaultRank = 352
    public static let maximumRank = 1024
    public static let minimumSample = ExactBuildOptions.minimumSample
    public static let defaultSample = ExactBuildOptions.defaultSample
    public static let maximumSample = ExactBuildOptions.maximumSample
    public static let minimumThreads = 1
    public static let defaultThreads = 1
    public static let maximumThreads = 256

    /// At most so many links a row (R in Vamana, 2 M in HNSW).
    public let degree: Int
    /// So many candidates are kept while the neighbours of a new row are searched (L in Vamana, efConstruction in
    /// HNSW).
    public let effort: Int
    /// So many leading directions are coded; more than the dimension means all of it. 352 are the most that fit, with
    /// their parameters, into three lines of the cache.
    public let rank: Int
    /// At most so many rows are looked at for learning the directions.
    public let sample: Int
    /// The graph does not depend on it.
    public let threads: Int
    public let seed: UInt64

    public static let standard = GraphBuildOptions(
        degree: defaultDegree, effort: defaultEffort, rank: defaultRank, sample: defaultSample,
        threads: defaultThreads, seed: 1, unchecked: ())

    /// - Throws: `IndexError.invalidOption`.
    public init(
        degree: Int = defaultDegree, effort: Int = defaultEffort, rank: Int = defaultRank,
        sample: Int = defaultSample, threads: Int = defaultThreads, seed: UInt64 = 1
    ) throws(IndexError) {
        try GraphOption.check("degree", degree, Self.minimumDegree...Self.maximumDegree)
        try GraphOption.check("effort", effort, Self.minimumEffort...Self.maximumEffort)
        try GraphOption.check("rank", rank, Self.minimumRank...Self.maximumRank)
        try GraphOption.check("sample", sample, Self.minimumSample...Self.maximumSample)
        try GraphOption.check("threads", threads, Self.minimumThreads...Self.maximumThreads)
        self.init(
            degree: degree, effort: effort, rank: rank, sample: sample, threads: threads, seed: seed, unchecked: ())
    }

    private init(degree: Int, effort: Int, rank: Int, sample: Int, threads: Int, seed: UInt64, unchecked: Void) {
        self.degree = degree
        self.effort = effort
        self.rank = rank
        self.sample = sample
        self.threads = threads
        self.seed = seed
    }
}

enum GraphOption {
    static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(IndexError) {
        guard range.contains(value) else {
            throw .invalidOption(name: name, got: value, minimum: range.lowerBound, maximum: range.upperBound)
        }
    }
}
