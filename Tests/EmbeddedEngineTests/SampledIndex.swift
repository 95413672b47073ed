import Foundation
import Indexes
import SosiaCore

/// An index for tests: brute force over every n-th row. It covers a count, and its file holds nothing else.
struct SampledIndex: VectorIndex, Codable {
    struct BuildOptions: Sendable {}

    struct SearchOptions: Sendable {
        static let minimumStride = 1
        static let maximumStride = 16

        let stride: Int

        init(stride: Int) throws(IndexError) {
            guard (Self.minimumStride...Self.maximumStride).contains(stride) else {
                throw .invalidOption(
                    name: "stride", got: stride, minimum: Self.minimumStride, maximum: Self.maximumStride)
            }
            self.stride = stride
        }
    }

    static let kind = "sampled"
    static let isExact = false

    /// As a program registers it.
    static let registered = IndexKind(
        SampledIndex.self, upkeep: IndexUpkeep(wanted: .onDemand),
        steps: [["stride": 4], ["stride": 2], ["stride": 1]],
        build: { _ in BuildOptions() },
        search: { settings, _, _ in try SearchOptions(stride: settings["stride"] ?? 0) })

    let dimension: Int
    let metric: Metric
    private(set) var rowCount = 0

    init(dimension: Int, metric: Metric) {
        self.dimension = dimension
        self.metric = metric
    }

    static func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, options: BuildOptions, threads: Int
    ) throws -> SampledIndex {
        SampledIndex(dimension: dimension, metric: metric)
    }

    mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws { rowCount = ids.count }

    mutating func remove(rows: [Int]) throws {}

    func search(
        _ queries: Span<Float>, k: Int, rows: RawSpan, ids: Span<Int64>, options: SearchOptions
    ) throws -> [NeighborList] {
        let sampled = ids.indices.map { $0 % options.stride == 0 ? ids[$0] : 0 }
        return try FlatScan.search(
            queries, k: k, metric: metric, dimension: dimension, rows: rows, ids: sampled.span)
    }

    func write(to path: String) throws {
        try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: path))
    }

    init(opening path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard let read = try? JSONDecoder().decode(SampledIndex.self, from: data) else {
            throw IndexError.damaged("it is no sampled index")
        }
        self = read
    }
}
