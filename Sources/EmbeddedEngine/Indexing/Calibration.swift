import Catalog
import Foundation
import Indexes
import SosiaCore

/// How wide walks in the graph must be for a wanted recall, measured on the collection itself.
///
/// The queries stand for pictures that are not in the collection: a sampled row, moved towards another one by half the
/// distance of its nearest neighbour. Rows themselves would flatter, because their neighbours are what the graph links;
/// moved so far, they find a little less than held-out photographs do.
public struct Calibration: Sendable, Hashable, Codable {
    /// What one width of the walk gives.
    public struct Entry: Sendable, Hashable, Codable {
        /// `GraphSearchOptions.effort`
        public let effort: Int
        /// `GraphSearchOptions.rerank`
        public let rerank: Int
        /// The share of the true `k` nearest that was found, mean over the queries.
        public let recall: Double
        /// Milliseconds a query, mean, on the machine that measured.
        public let milliseconds: Double

        private enum CodingKeys: String, CodingKey {
            case effort, rerank, recall
            case milliseconds = "ms"
        }
    }

    /// The neighbours that were asked for.
    public static let k = 10
    private static let queries = 200
    /// Effort and rerank, by what they cost. Where codes are coarse, more of what they find has to be measured.
    private static let steps = [
        (32, 30), (48, 30), (64, 30), (64, 60), (96, 40), (96, 90), (128, 40), (128, 120),
        (192, 60), (192, 180), (256, 80), (256, 240), (384, 120), (384, 360), (512, 160), (512, 500), (1024, 320),
        (1024, 1000),
    ]
    /// Wider walks than the first with so much recall are not measured.
    private static let enough = 0.9995

    public let entries: [Entry]
    /// Milliseconds a query of the exact index, mean.
    public let exactMilliseconds: Double

    private enum CodingKeys: String, CodingKey {
        case entries
        case exactMilliseconds = "exact_ms"
    }

    /// The cheapest way to a recall; nil when none was found.
    func cheapest(for recall: Double) -> Entry? {
        entries.first { $0.recall >= recall }
    }

    /// Measures a graph against the exact index. Equal collections give equal recall.
    init(of graph: GraphIndex, against exact: ExactIndex, snapshot: Snapshot) throws {
        let queries = try Self.queries(snapshot, exact)
        let (ids, clock) = (snapshot.ids.span, ContinuousClock())
        let dimension = snapshot.state.model.dimension
        let count = queries.count / dimension
        var entries: [Entry] = []
        var truth: [NeighborList] = []
        /// One query at a time, as searches come.
        func each(_ search: (Span<Float>) throws -> [NeighborList]) rethrows -> (lists: [NeighborList], each: Double) {
            var lists: [NeighborList] = []
            let elapsed = try clock.measure {
                for query in 0..<count {
                    lists += try search(queries.span.extracting(query * dimension..<(query + 1) * dimension))
                }
            }
            return (lists, elapsed / .milliseconds(1) / Double(max(count, 1)))
        }
        exactMilliseconds = try snapshot.vectors.withRows { rows in
            let reference = try each {
                try exact.search($0, k: Self.k, rows: rows, ids: ids, options: ExactSearchOptions())
            }
            truth = reference.lists
            for (effort, rerank) in Self.steps {
                let options = try GraphSearchOptions(effort: effort, rerank: rerank)
                let found = try each { try graph.search($0, k: Self.k, rows: rows, ids: ids, options: options) }
                let recall = Self.recall(found.lists, truth)
                entries.append(Entry(effort: effort, rerank: rerank, recall: recall, milliseconds: found.each))
                if recall >= Self.enough { break }
            }
            return reference.each
        }
        self.entries = entries
    }

    private static func recall(_ found: [NeighborList], _ truth: [NeighborList]) -> Double {
        let shares = zip(found, truth).map { found, truth in
            let wanted = Set(truth.neighbors.map(\.id))
            let hits = found.neighbors.count { wanted.contains($0.id) }
            return wanted.isEmpty ? 1 : Double(hits) / Double(wanted.count)
        }
        return shares.reduce(0, +) / Double(max(shares.count, 1))
    }

    private static func queries(_ snapshot: Snapshot, _ exact: ExactIndex) throws -> [Float] {
        let live = snapshot.ids.indices.filter { snapshot.ids[$0] != 0 }
        guard live.count > 1 else { return [] }
        var generator = SplitMix(seed: UInt64(snapshot.state.rows))
        var queries: [Float] = []
        for _ in 0..<min(Self.queries, live.count) {
            let row = live[Int.random(in: live.indices, using: &generator)]
            let other = live[Int.random(in: live.indices, using: &generator)]
            let (vector, target) = (snapshot.vectors.row(row).values, snapshot.vectors.row(other).values)
            let nearest = try snapshot.vectors.withRows { rows in
                try exact.search(
                    vector.span, k: 2, rows: rows, ids: snapshot.ids.span, options: ExactSearchOptions())[0]
            }
            let neighbor = nearest.neighbors.first { $0.row != row }.map { snapshot.vectors.row($0.row).values }
            let away = max(length(vector, target), .leastNormalMagnitude)
            let share = min(0.5 * length(vector, neighbor ?? vector) / away, 0.5)
            queries += zip(vector, target).map { $0 + share * ($1 - $0) }
        }
        return queries
    }

    private static func length(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}

extension Calibration.Entry {
    /// The options that serve `k` neighbours as well as those that were measured.
    func options(k: Int, threads: Int = GraphSearchOptions.defaultThreads) throws -> GraphSearchOptions {
        let times = max(1, (k + Calibration.k - 1) / Calibration.k)
        return try GraphSearchOptions(
            effort: min(effort * times, GraphSearchOptions.maximumEffort),
            rerank: min(rerank * times, GraphSearchOptions.maximumRerank), threads: threads)
    }
}

extension Calibration {
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }

    private static let maximum = min(GraphSearchOptions.maximumEffort, GraphSearchOptions.maximumRerank)

    /// - Returns: nil for anything that is not a calibration.
    init?(readingFrom path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            let read = try? JSONDecoder().decode(Calibration.self, from: data),
            read.entries.allSatisfy({ (1...Self.maximum).contains($0.effort) && (1...Self.maximum).contains($0.rerank) }
            )
        else { return nil }
        self = read
    }
}
