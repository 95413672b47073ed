/// A record and how far it is from a query.
public struct TinyNeighbor: Sendable, Hashable {
    /// The record's number in the file, from 0.
    public let position: Int
    /// The sum of 3,072 squared differences of values 0...255.
    public let squaredDistance: UInt32

    public init(position: Int, squaredDistance: UInt32) {
        self.position = position
        self.squaredDistance = squaredDistance
    }

    /// Euclidean.
    public var distance: Double { Double(squaredDistance).squareRoot() }
}
