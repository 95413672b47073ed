import Foundation
import Images
import SosiaCore
import Testing

/// A folder that is there for the length of one test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/sosia-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func move(_ name: String, to other: String) throws {
        let target = URL(fileURLWithPath: path + "/" + other)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: path + "/" + name, toPath: target.path)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + name)
    }
}

/// JPEG bytes that depend on the number only, different for each.
func picture(_ number: Int) throws -> [UInt8] {
    var generator = SplitMix(seed: UInt64(number))
    let colors = (0..<16).map { _ in (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) } }
    let side = 32
    var bytes: [UInt8] = []
    for y in 0..<side {
        for x in 0..<side { bytes += colors[y / 8 * 4 + x / 8] }
    }
    return try ImageEncoder.jpeg(#require(PixelImage(width: side, height: side, bytes: bytes)), quality: 95)
}
