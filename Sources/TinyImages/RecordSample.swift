/// Positions drawn at random.
public enum RecordSample {
    /// `count` different positions below `total`, in the order in which they were drawn (Floyd's algorithm; Bentley,
    /// *Programming Pearls*, 1987). Equal seeds give equal positions on every machine.
    /// - Parameter count: moved into 0...total.
    public static func positions(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
        var generator = Numbers(state: seed)
        var drawn: Set<Int> = []
        var positions: [Int] = []
        for last in max(total - count, 0)..<max(total, 0) {
            let position = Int.random(in: 0...last, using: &generator)
            let chosen = drawn.contains(position) ? last : position
            drawn.insert(chosen)
            positions.append(chosen)
        }
        return positions.shuffled(using: &generator)
    }

    /// SplitMix64 (Steele, Lea & Flood, 2014).
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
