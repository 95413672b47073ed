import Images
import SosiaCore
import Testing

/// JPEG bytes that depend on the number only, different for each.
func picture(_ number: Int, side: Int = 64) throws -> [UInt8] {
    var state = UInt64(number) &* 0x9e37_79b9_7f4a_7c15 &+ 1
    func next() -> UInt8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
    let colors = (0..<48).map { _ in next() }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(side * side * 3)
    for y in 0..<side {
        for x in 0..<side {
            let cell = (y * 4 / side * 4 + x * 4 / side) * 3
            bytes += [colors[cell], colors[cell + 1], colors[cell + 2]]
        }
    }
    return try ImageEncoder.jpeg(#require(PixelImage(width: side, height: side, bytes: bytes)), quality: 90)
}
