import Foundation
import Images
import SosiaCore
import Testing
import TinyImages

/// Records with soft shapes and some noise, so that bounds exclude many; the last ones repeat the first, for ties.
func records(_ count: Int, seed: UInt64) throws -> [TinyImage] {
    var generator = SplitMix(seed: seed)
    var all: [TinyImage] = []
    for _ in 0..<count {
        let level = Int.random(in: 0...180, using: &generator)
        let slope = Int.random(in: 1...40, using: &generator)
        let noise = UInt8.random(in: 0...12, using: &generator)
        let bytes = (0..<TinyImage.byteCount).map { index in
            UInt8(level + index / 32 % 32 / slope + Int(UInt8.random(in: 0...noise, using: &generator)))
        }
        all.append(try #require(TinyImage(bytes: bytes)))
    }
    return all + all.prefix(count / 10)
}

/// What ImageMagick calls a plain bitmap: pixels exactly as they are.
func bitmap(_ picture: PixelImage) -> [UInt8] {
    func integer(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
    let stride = (picture.width * 3 + 3) / 4 * 4
    var bytes = Array("BM".utf8) + integer(54 + stride * picture.height, 4) + integer(0, 4) + integer(54, 4)
    bytes += integer(40, 4) + integer(picture.width, 4) + integer(picture.height, 4) + integer(1, 2) + integer(24, 2)
    bytes += [UInt8](repeating: 0, count: 24)
    for y in (0..<picture.height).reversed() {
        for x in 0..<picture.width {
            let at = (y * picture.width + x) * 3
            bytes += [picture.bytes[at + 2], picture.bytes[at + 1], picture.bytes[at]]
        }
        bytes += [UInt8](repeating: 0, count: stride - picture.width * 3)
    }
    return bytes
}

/// The command `tar`, which every system has.
func tar(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["tar"] + arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
}
