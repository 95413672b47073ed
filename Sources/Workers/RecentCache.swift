internal import DequeModule
internal import Synchronization

/// A cache of limited capacity that evicts the least recently used value first.
package final class RecentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let cost: Int
        /// The time of its last use, by the clock of the cache.
        var use: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// All uses, oldest first; only the last one of each key counts.
        var uses = Deque<(key: Key, use: UInt64)>()
        var cost = 0
        var clock: UInt64 = 0

        mutating func use(_ key: Key) {
            clock += 1
            entries[key]?.use = clock
            uses.append((key, clock))
            // Uses that no longer count are removed occasionally, at amortised constant cost.
            if uses.count > 2 * entries.count + 16 { uses.removeAll { entries[$0.key]?.use != $0.use } }
        }

        mutating func remove(_ key: Key) {
            if let entry = entries.removeValue(forKey: key) { cost -= entry.cost }
        }
    }

    private let capacity: Int
    private let cost: @Sendable (Value) -> Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: the largest total cost of all values.
    ///   - cost: the cost of a value, 1 by default; a value that costs more than the capacity is not kept.
    package init(capacity: Int, cost: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
        self.capacity = capacity
        self.cost = cost
    }

    /// Reading counts as use; assigning nil removes a value.
    package subscript(_ key: Key) -> Value? {
        get {
            state.withLock { state in
                guard let entry = state.entries[key] else { return nil }
                state.use(key)
                return entry.value
            }
        }
        set {
            let cost = newValue.map(cost) ?? 0
            state.withLock { state in
                state.remove(key)
                guard let newValue, cost <= capacity else { return }
                state.entries[key] = Entry(value: newValue, cost: cost, use: 0)
                state.cost += cost
                state.use(key)
                while state.cost > capacity, let oldest = state.uses.popFirst() {
                    if state.entries[oldest.key]?.use == oldest.use { state.remove(oldest.key) }
                }
            }
        }
    }
}
