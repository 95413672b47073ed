/// The `k` nearest of the records offered, by distance, ties by position.
///
/// Thousands are asked for, so nothing is sorted while records come: what is too far is dropped when there is no more
/// room.
struct NearestRecords: Sendable {
    private static let positionBits: UInt64 = 36
    private static let room = (minimum: 256, maximum: 65_536)

    let k: Int
    /// Squared distance above, position below.
    private var keys: [UInt64] = []
    private let capacity: Int
    private var census = DistanceCensus()
    /// A squared distance that the nearest do not exceed.
    private(set) var limit = UInt32.max

    init(k: Int) {
        self.k = k
        capacity = Self.capacity(k)
        keys.reserveCapacity(min(capacity, 1 << 16))
    }

    private static func capacity(_ k: Int) -> Int { k + min(max(k / 2, room.minimum), room.maximum) }

    /// The most bytes that one takes.
    static func byteCount(k: Int) -> Int {
        capacity(k) * MemoryLayout<UInt64>.stride + DistanceCensus.byteCount
    }

    mutating func offer(distance: UInt32, position: Int) {
        guard distance <= limit else { return }
        keys.append(UInt64(distance) << Self.positionBits | UInt64(position))
        limit = min(limit, census.add(distance, k: k))
        if keys.count >= capacity { makeRoom() }
    }

    mutating func merge(_ other: NearestRecords) {
        limit = min(limit, other.limit)
        keys += other.keys
        if keys.count >= capacity { makeRoom() }
    }

    /// A limit that was found elsewhere: so many records are known to be at least so near.
    mutating func tighten(to other: UInt32) { limit = min(limit, other) }

    private mutating func makeRoom() {
        keys.removeAll { UInt32($0 >> Self.positionBits) > limit }
        guard keys.count > (k + capacity) / 2 else { return }
        // Many at nearly one distance.
        keys.sort()
        keys.removeSubrange(k...)
        if let last = keys.last { limit = min(limit, UInt32(last >> Self.positionBits)) }
    }

    func sorted() -> [TinyNeighbor] {
        keys.sorted().prefix(k).map { key in
            TinyNeighbor(
                position: Int(key & (1 << Self.positionBits - 1)), squaredDistance: UInt32(key >> Self.positionBits))
        }
    }
}

/// How many records were offered at about which distance: enough to know at any time how far the k-th can be, within
/// one part of 128.
private struct DistanceCensus: Sendable {
    /// Distances of one exponent of two are told apart by so many bits of what follows it.
    private static let bits: UInt32 = 7
    private static let classes = Int((32 - bits + 1) << bits)
    static var byteCount: Int { classes * MemoryLayout<UInt32>.stride }

    private var counts = [UInt32](repeating: 0, count: classes)
    /// Records of the classes up to the highest that can hold one of the nearest.
    private var total = 0
    private var highest = 0

    /// - Returns: the largest distance of the class in which the k-th nearest is, `.max` before there are as many.
    mutating func add(_ distance: UInt32, k: Int) -> UInt32 {
        let own = Self.class(of: distance)
        counts[own] += 1
        total += 1
        highest = max(highest, own)
        while total - Int(counts[highest]) >= k {
            total -= Int(counts[highest])
            highest -= 1
        }
        return total >= k ? Self.largest(of: highest) : .max
    }

    /// As the exponent and the first bits of a floating-point number, in the order of the distances.
    private static func `class`(of distance: UInt32) -> Int {
        let shift = max(UInt32(32 - distance.leadingZeroBitCount), bits + 1) - bits - 1
        return Int(shift << bits + distance >> shift)
    }

    private static func largest(of number: Int) -> UInt32 {
        let number = UInt32(number)
        let shift = number < 2 << bits ? 0 : number >> bits - 1
        return ((number - shift << bits) << shift) + (1 << shift - 1)
    }
}

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
