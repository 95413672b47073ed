internal import Kernels

/// Some rows with the lowest prefix bounds of those seen so far: the ones that are looked at first.
struct SeedRows {
    struct Seed: Sendable {
        let row: Int
        let bound: Float
        /// On the row's prefix code.
        let projection: Float
    }

    private let wanted: Int
    /// In the order of their rows.
    private(set) var seeds: [Seed] = []
    /// Bounds above this one are not wanted any more.
    private(set) var limit = Float.infinity

    init(wanted: Int) {
        self.wanted = wanted
    }

    /// Rows come in order.
    mutating func append(_ seed: Seed) {
        seeds.append(seed)
        if seeds.count == 4 * wanted { drop() }
    }

    /// Leaves the wanted number of rows; of equal bounds the first.
    mutating func drop() {
        guard seeds.count > wanted else { return }
        var bounds = seeds.map(\.bound)
        var values = bounds.mutableSpan
        let greatest = value(ofRank: wanted - 1, in: &values)
        var equal = wanted - seeds.count { $0.bound < greatest }
        seeds.removeAll { seed in
            guard seed.bound == greatest else { return seed.bound > greatest }
            equal -= 1
            return equal < 0
        }
        limit = greatest
    }
}
