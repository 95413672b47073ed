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

    /// So many candidates are kept on the walk (ef in HNSW); at least k and `rerank` are.
    public let effort: Int
    /// So many of the nearest candidates by their codes are measured in float; nil means three times k, at least k + 20.
    public let rerank: Int?
    /// The queries of a batch are split among so many threads; the answer does not depend on it.
    public let threads: Int

    public static let standard = GraphSearchOptions(
        effort: defaultEffort, rerank: nil, threads: defaultThreads, unchecked: ())

    /// - Throws: `IndexError.invalidOption`.
    public init(effort: Int = defaultEffort, rerank: Int? = nil, threads: Int = defaultThreads) throws(IndexError) {
        try GraphOption.check("effort", effort, Self.minimumEffort...Self.maximumEffort)
        if let rerank { try GraphOption.check("rerank", rerank, Self.minimumRerank...Self.maximumRerank) }
        try GraphOption.check("threads", threads, Self.minimumThreads...Self.maximumThreads)
        self.init(effort: effort, rerank: rerank, threads: threads, unchecked: ())
    }

    private init(effort: Int, rerank: Int?, threads: Int, unchecked: Void) {
        self.effort = effort
        self.rerank = rerank
        self.threads = threads
    }

    func rerankCount(k: Int) -> Int {
        // A k of any size must not overflow.
        let few = min(k, 1 << 32)
        return max(rerank ?? max(3 * few, few + 20), few)
    }
}

extension GraphSearchOptions {
    /// What a calibration measures, by what it costs. Where codes are coarse, more of what they find has to be measured.
    static let steps: [[String: Int]] = [
        (32, 30), (48, 30), (64, 30), (64, 60), (96, 40), (96, 90), (128, 40), (128, 120),
        (192, 60), (192, 180), (256, 80), (256, 240), (384, 120), (384, 360), (512, 160), (512, 500), (1024, 320),
        (1024, 1000),
    ].map { ["effort": $0, "rerank": $1] }

    /// What serves `k` neighbours as well as a step serves those that it was measured with.
    /// - Throws: `IndexError.invalidOption` for what is no step.
    init(step: [String: Int], k: Int, threads: Int) throws(IndexError) {
        let (effort, rerank) = (step["effort"] ?? 0, step["rerank"] ?? 0)
        _ = try GraphSearchOptions(effort: effort, rerank: rerank)
        let times = min((max(k, 1) - 1) / IndexCalibration.k + 1, Self.maximumEffort)
        try self.init(
            effort: min(effort * times, Self.maximumEffort), rerank: min(rerank * times, Self.maximumRerank),
            threads: threads)
    }
}
