import SosiaCore

extension SplitMix {
    /// Uniform in -1..<1.
    mutating func signedUnit() -> Float {
        Float(next() >> 40) * 0x1p-23 - 1
    }

    /// `count` values, 1 or -1.
    mutating func signs(_ count: Int) -> [Float] {
        (0..<count).map { _ in next() >> 63 == 0 ? 1 : -1 }
    }
}
