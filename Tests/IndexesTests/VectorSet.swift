import Foundation
import SosiaCore
import TestSupport
import Testing

/// Named sets of rows and queries that are hard in different ways.
struct VectorSet: Sendable, CustomTestStringConvertible {
    let name: String
    let dimension: Int
    var rows: [Float]
    var ids: [Int64]
    var queries: [Float]
    /// So many rows are there when an index is trained, the rest is added later.
    var trained: Int

    var count: Int { ids.count }
    var queryCount: Int { queries.count / dimension }
    var testDescription: String { name }

    init(name: String, dimension: Int, rows: [Float], queries: [Float], trained: Int? = nil, seed: UInt64 = 5) {
        var generator = SplitMix(seed: seed)
        self.name = name
        self.dimension = dimension
        self.rows = rows
        self.queries = queries
        let count = rows.count / dimension
        ids = (1...Int64(count)).shuffled(using: &generator)
        self.trained = trained ?? count
        for dead in stride(from: 3, to: count, by: 17) { ids[dead] = 0 }
    }

    static let all: [VectorSet] =
        [
            uniform, clustered, constant, duplicated, oneHot, denormal, huge, mixedScales, farQueries, farMean,
            addedLater, zeros, single,
        ] + [1, 2, 7, 33, 70, 130].map(uniform(dimension:))

    static func uniform(dimension: Int) -> VectorSet {
        var generator = SplitMix(seed: UInt64(dimension))
        return VectorSet(
            name: "uniform, \(dimension) dimensions", dimension: dimension, rows: generator.floats(150 * dimension),
            queries: generator.floats(4 * dimension), trained: 100)
    }

    static let uniform = uniform(dimension: 24)

    /// Low-rank clusters with a little noise, as embeddings are: bounds have something to bite on.
    static let clustered: VectorSet = {
        var generator = SplitMix(seed: 7)
        let (dimension, count) = (96, 700)
        let centres = (0..<12).map { _ in generator.floats(dimension) }
        func point() -> [Float] {
            let centre = centres[Int.random(in: 0..<12, using: &generator)]
            return centre.map { $0 + Float.random(in: -0.15...0.15, using: &generator) }
        }
        return VectorSet(
            name: "clusters", dimension: dimension, rows: (0..<count).flatMap { _ in point() },
            queries: (0..<8).flatMap { _ in point() }, trained: 500)
    }()

    static let constant = VectorSet(
        name: "constant", dimension: 20, rows: [Float](repeating: 0.25, count: 20 * 100),
        queries: [Float](repeating: 0.25, count: 20) + [Float](repeating: -1, count: 20))

    static let duplicated: VectorSet = {
        var generator = SplitMix(seed: 8)
        let dimension = 40
        let few = (0..<5).map { _ in generator.floats(dimension) }
        return VectorSet(
            name: "five vectors, sixty times", dimension: dimension, rows: (0..<300).flatMap { few[$0 % 5] },
            queries: few[0] + few[3] + generator.floats(dimension))
    }()

    static let oneHot: VectorSet = {
        let dimension = 50
        let rows = (0..<200).flatMap { row in (0..<dimension).map { $0 == row % dimension ? Float(1) : 0 } }
        return VectorSet(name: "one-hot", dimension: dimension, rows: rows, queries: Array(rows[..<(3 * dimension)]))
    }()

    static let denormal: VectorSet = {
        var generator = SplitMix(seed: 9)
        let rows = generator.floats(120 * 16).map { $0 * 0x1p-133 }
        return VectorSet(
            name: "denormal", dimension: 16, rows: rows, queries: Array(rows[..<32]) + rows[..<16].reversed())
    }()

    static let huge: VectorSet = {
        var generator = SplitMix(seed: 10)
        let rows = generator.floats(120 * 16).map { $0 * 1e37 }
        return VectorSet(name: "huge", dimension: 16, rows: rows, queries: generator.floats(48).map { $0 * 1e37 })
    }()

    static let mixedScales: VectorSet = {
        var generator = SplitMix(seed: 11)
        var rows: [Float] = []
        for row in 0..<240 {
            let scale: Float = [0x1p-133, 1e-20, 1e-6, 1, 1e6, 1e20][row % 6]
            rows += generator.floats(24).map { $0 * scale }
        }
        let queries = generator.floats(24) + generator.floats(24).map { $0 * 1e-6 } + rows[(24 * 5)..<(24 * 6)]
        return VectorSet(name: "scales from 1e-40 to 1e20", dimension: 24, rows: rows, queries: queries, trained: 200)
    }()

    static let farQueries: VectorSet = {
        var generator = SplitMix(seed: 12)
        let queries = generator.floats(32).map { $0 * 1000 } + generator.floats(32).map { $0 * 1e7 }
        return VectorSet(
            name: "queries far outside", dimension: 32, rows: generator.floats(300 * 32), queries: queries)
    }()

    static let farMean: VectorSet = {
        var generator = SplitMix(seed: 13)
        return VectorSet(
            name: "far from the origin", dimension: 32, rows: generator.floats(300 * 32).map { $0 + 1000 },
            queries: generator.floats(3 * 32).map { $0 + 1000 })
    }()

    /// What is added has nothing in common with what was learned from.
    static let addedLater: VectorSet = {
        var generator = SplitMix(seed: 14)
        var rows = (0..<100).flatMap { _ in generator.floats(40).enumerated().map { $0 < 4 ? $1 : 0 } }
        rows += generator.floats(200 * 40).map { $0 * 5 + 3 }
        return VectorSet(
            name: "added after training", dimension: 40, rows: rows, queries: Array(rows[..<40]) + rows[4000..<4080],
            trained: 100)
    }()

    static let zeros: VectorSet = {
        var generator = SplitMix(seed: 15)
        var rows = generator.floats(100 * 12)
        for index in 0..<(40 * 12) { rows[index] = 0 }
        return VectorSet(
            name: "zero vectors", dimension: 12, rows: rows,
            queries: generator.floats(12) + [Float](repeating: 0, count: 12))
    }()

    static let single = VectorSet(name: "one row", dimension: 3, rows: [1, 2, 3], queries: [1, 0, 0, 1, 2, 3])
}
