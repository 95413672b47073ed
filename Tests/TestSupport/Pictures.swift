internal import Images
internal import SosiaCore

/// A picture that cannot be: a test asked for it.
private struct ImpossiblePicture: Error {}

/// JPEG bytes that depend on the number only, different for each: 4 x 4 cells of one colour each.
package func picture(_ number: Int, side: Int = 32) throws -> [UInt8] {
    var generator = SplitMix(seed: UInt64(number))
    let colors = (0..<16).map { _ in (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(side * side * 3)
    for y in 0..<side {
        for x in 0..<side { bytes += colors[y * 4 / side * 4 + x * 4 / side] }
    }
    guard let image = PixelImage(width: side, height: side, bytes: bytes) else { throw ImpossiblePicture() }
    return try ImageEncoder.jpeg(image, quality: 95)
}
