import Images
import SosiaCore
import Testing

/// JPEG bytes that depend on the number only, different for each.
func picture(_ number: Int, side: Int = 32) throws -> [UInt8] {
    var generator = SplitMix64(seed: UInt64(number))
    let colors = (0..<16).map { _ in (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    var bytes: [UInt8] = []
    for y in 0..<side {
        for x in 0..<side { bytes += colors[y * 4 / side * 4 + x * 4 / side] }
    }
    return try ImageEncoder.jpeg(#require(PixelImage(width: side, height: side, bytes: bytes)), quality: 95)
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
