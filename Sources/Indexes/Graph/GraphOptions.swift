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

    /// The most links per row (R in Vamana, 2 M in HNSW).
    public let degree: Int
    /// How many candidates are kept while searching for a new row's neighbours (L in Vamana, efConstruction in HNSW).
    public let effort: Int
    /// How many leading directions are coded; values above the dimension mean all of it. 352 are the most that fit into
    /// three cache lines with their parameters.
    public let rank: Int
    /// The largest number of rows to learn the directions from.
    public let sample: Int
    /// How many threads share the work; the graph does not depend on it.
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
        try IndexOption.check("degree", degree, Self.minimumDegree...Self.maximumDegree)
        try IndexOption.check("effort", effort, Self.minimumEffort...Self.maximumEffort)
        try IndexOption.check("rank", rank, Self.minimumRank...Self.maximumRank)
        try IndexOption.check("sample", sample, Self.minimumSample...Self.maximumSample)
        try IndexOption.check("threads", threads, Self.minimumThreads...Self.maximumThreads)
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

/// How the graph is searched: what trades recall for speed.
public struct GraphSearchOptions: Sendable, Hashable {
    public static let minimumEffort = 1
    public static let defaultEffort = 64
    public static let maximumEffort = 1 << 16
    public static let minimumRerank = 1
    public static let maximumRerank = 1 << 16
    public static let minimumThreads = 1
    public static let defaultThreads = 1
    public static let maximumThreads = 256

    /// How many candidates the walk keeps (ef in HNSW); never fewer than k or `rerank`.
    public let effort: Int
    /// How many of the candidates nearest by code are measured in float; nil means three times k, at least k + 20.
    public let rerank: Int?
    /// How many threads share the queries of a batch; the answer does not depend on it.
    public let threads: Int

    public static let standard = GraphSearchOptions(
        effort: defaultEffort, rerank: nil, threads: defaultThreads, unchecked: ())

    /// - Throws: `IndexError.invalidOption`.
    public init(effort: Int = defaultEffort, rerank: Int? = nil, threads: Int = defaultThreads) throws(IndexError) {
        try IndexOption.check("effort", effort, Self.minimumEffort...Self.maximumEffort)
        if let rerank { try IndexOption.check("rerank", rerank, Self.minimumRerank...Self.maximumRerank) }
        try IndexOption.check("threads", threads, Self.minimumThreads...Self.maximumThreads)
        self.init(effort: effort, rerank: rerank, threads: threads, unchecked: ())
    }

    private init(effort: Int, rerank: Int?, threads: Int, unchecked: Void) {
        self.effort = effort
        self.rerank = rerank
        self.threads = threads
    }

    func rerankCount(k: Int) -> Int {
        // No k may overflow.
        let few = min(k, 1 << 32)
        return max(rerank ?? max(3 * few, few + 20), few)
    }
}

extension GraphSearchOptions {
    /// The settings that a calibration measures, cheapest first. The coarser the codes, the more candidates must be
    /// measured in float.
    static let steps: [[String: Int]] = [
        (32, 30), (48, 30), (64, 30), (64, 60), (96, 40), (96, 90), (128, 40), (128, 120),
        (192, 60), (192, 180), (256, 80), (256, 240), (384, 120), (384, 360), (512, 160), (512, 500), (1024, 320),
        (1024, 1000),
    ].map { ["effort": $0, "rerank": $1] }

    /// Scales a step, which was measured for `IndexCalibration.k` neighbours, to `k` neighbours.
    /// - Throws: `IndexError.invalidOption` for anything but a step.
    init(step: [String: Int], k: Int, threads: Int) throws(IndexError) {
        let (effort, rerank) = (step["effort"] ?? 0, step["rerank"] ?? 0)
        _ = try GraphSearchOptions(effort: effort, rerank: rerank)
        let times = min((max(k, 1) - 1) / IndexCalibration.k + 1, Self.maximumEffort)
        try self.init(
            effort: min(effort * times, Self.maximumEffort), rerank: min(rerank * times, Self.maximumRerank),
            threads: threads)
    }
}
