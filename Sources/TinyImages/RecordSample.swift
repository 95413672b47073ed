import SosiaCore

/// Positions drawn at random.
public enum RecordSample {
    /// `count` different positions below `total`, in the order in which they were drawn (Floyd's algorithm; Bentley,
    /// *Programming Pearls*, 1987). Equal seeds give equal positions on every machine.
    /// - Parameter count: moved into 0...total.
    public static func positions(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
        let total = max(total, 0)
        let count = min(max(count, 0), total)
        var generator = SplitMix(seed: seed)
        var drawn: Set<Int> = []
        var positions: [Int] = []
        for last in total - count..<total {
            let position = Int.random(in: 0...last, using: &generator)
            let chosen = drawn.contains(position) ? last : position
            drawn.insert(chosen)
            positions.append(chosen)
        }
        return positions.shuffled(using: &generator)
    }
}
