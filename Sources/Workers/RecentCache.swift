internal import DequeModule
internal import Synchronization

/// Values that were used of late, as many as there is room for: what was not used for the longest goes first.
package final class RecentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let cost: Int
        /// When it was used last.
        var use: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// Each use, the oldest first; only the last one of a key counts.
        var uses = Deque<(key: Key, use: UInt64)>()
        var cost = 0
        var clock: UInt64 = 0

        mutating func use(_ key: Key) {
            clock += 1
            entries[key]?.use = clock
            uses.append((key, clock))
            // Uses that no longer count are swept out now and then, so that each costs the same on average.
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
    ///   - capacity: what all values may cost together.
    ///   - cost: of one value, one each unless something else is said; what costs more than there is room for is not
    ///     kept.
    package init(capacity: Int, cost: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
        self.capacity = capacity
        self.cost = cost
    }

    /// Reading is using; nil takes a value out.
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
