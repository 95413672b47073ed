/// A stored vector and its distance from a query.
public struct Neighbor: Sendable, Hashable {
    /// The id of the picture that the row belongs to.
    public let id: Int64
    /// The index of the vector among the rows that were searched.
    public let row: Int
    /// By the metric of the search; smaller is closer.
    public let distance: Float

    public init(id: Int64, row: Int, distance: Float) {
        self.id = id
        self.row = row
        self.distance = distance
    }
}

/// The order of every answer: nearest first, ties by id, then by row.
extension Neighbor: Comparable {
    public static func < (lhs: Neighbor, rhs: Neighbor) -> Bool {
        if lhs.distance != rhs.distance { return lhs.distance < rhs.distance }
        return lhs.id != rhs.id ? lhs.id < rhs.id : lhs.row < rhs.row
    }
}

/// The answer to one query vector.
public struct NeighborList: Sendable, Hashable {
    /// Nearest first, ties by id; fewer than requested only if there are no more live rows.
    public let neighbors: [Neighbor]
    /// How many rows were examined in any form, as floats or as codes.
    public let scanned: Int
    /// How many rows had their distance computed from all their floats.
    public let measured: Int

    public init(neighbors: [Neighbor], scanned: Int, measured: Int) {
        self.neighbors = neighbors
        self.scanned = scanned
        self.measured = measured
    }
}
