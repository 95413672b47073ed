/// The `k` nearest of the records offered, by distance, ties by position.
///
/// What is kept is sorted when there is no more room, not at each offer: thousands are asked for.
struct NearestRecords: Sendable {
    private static let positionBits: UInt64 = 36
    private static let room = (minimum: 256, maximum: 65_536)

    let k: Int
    /// Squared distance above, position below.
    private var keys: [UInt64] = []
    private let capacity: Int
    /// The squared distance of the worst record that can still be among the nearest.
    private(set) var limit = UInt32.max

    init(k: Int) {
        self.k = k
        capacity = Self.capacity(k)
        keys.reserveCapacity(min(capacity, 1 << 16))
    }

    private static func capacity(_ k: Int) -> Int { k + min(max(k / 2, room.minimum), room.maximum) }

    /// What one takes at most.
    static func byteCount(k: Int) -> Int { capacity(k) * MemoryLayout<UInt64>.stride }

    mutating func offer(distance: UInt32, position: Int) {
        guard distance <= limit else { return }
        keys.append(UInt64(distance) << Self.positionBits | UInt64(position))
        if keys.count >= capacity || (keys.count == k && limit == .max) { tighten() }
    }

    mutating func merge(_ other: NearestRecords) {
        keys += other.keys
        tighten()
    }

    /// A limit that was found elsewhere: so many records are known to be at least so near.
    mutating func tighten(to other: UInt32) { limit = min(limit, other) }

    private mutating func tighten() {
        keys.sort()
        guard keys.count >= k else { return }
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
