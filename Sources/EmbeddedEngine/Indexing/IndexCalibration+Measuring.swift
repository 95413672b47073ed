import Catalog
import Indexes
import SosiaCore

/// The queries simulate pictures that are not in the collection: sampled rows, each moved towards another row by half the
/// distance to its nearest neighbour. The rows themselves would be too easy, because a graph links them to their
/// neighbours; moved this far, they give slightly lower recall than held-out photographs.
extension IndexCalibration {
    private static let queries = 200
    /// Steps beyond the first one that reaches this recall are not measured.
    private static let enough = 0.9995

    /// Measures the steps of an index against exact answers. Equal collections give equal recall.
    init(of open: OpenIndex, against exact: SearchRoute, snapshot: Snapshot) throws {
        let queries = try Self.queries(snapshot, exact)
        let dimension = snapshot.state.model.dimension
        let (count, clock) = (queries.count / dimension, ContinuousClock())
        /// One query at a time, like most searches.
        func each(by route: SearchRoute) throws -> (lists: [NeighborList], milliseconds: Double) {
            var lists: [NeighborList] = []
            let elapsed = try clock.measure {
                for query in 0..<count {
                    let vector = queries.span.extracting(query * dimension..<(query + 1) * dimension)
                    lists += try snapshot.nearest(to: vector, k: Self.k, by: route)
                }
            }
            return (lists, elapsed / .milliseconds(1) / Double(max(count, 1)))
        }
        let truth = try each(by: exact)
        var entries: [Entry] = []
        for settings in open.kind.steps {
            let found = try each(by: .index(open, settings: settings))
            let recall = Self.recall(found.lists, truth.lists)
            entries.append(Entry(settings: settings, recall: recall, milliseconds: found.milliseconds))
            if recall >= Self.enough { break }
        }
        self.init(entries: entries, exactMilliseconds: truth.milliseconds)
    }

    private static func recall(_ found: [NeighborList], _ truth: [NeighborList]) -> Double {
        let shares = zip(found, truth).map { found, truth in
            let wanted = Set(truth.neighbors.map(\.id))
            let hits = found.neighbors.count { wanted.contains($0.id) }
            return wanted.isEmpty ? 1 : Double(hits) / Double(wanted.count)
        }
        return shares.reduce(0, +) / Double(max(shares.count, 1))
    }

    private static func queries(_ snapshot: Snapshot, _ exact: SearchRoute) throws -> [Float] {
        let live = snapshot.ids.indices.filter { snapshot.ids[$0] != 0 }
        guard live.count > 1 else { return [] }
        var generator = SplitMix(seed: UInt64(snapshot.state.rows))
        var queries: [Float] = []
        for _ in 0..<min(Self.queries, live.count) {
            let row = live[Int.random(in: live.indices, using: &generator)]
            let other = live[Int.random(in: live.indices, using: &generator)]
            let (vector, target) = (snapshot.vectors.row(row).values, snapshot.vectors.row(other).values)
            let nearest = try snapshot.nearest(to: vector.span, k: 2, by: exact)[0]
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
