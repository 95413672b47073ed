import Foundation
import Rasters
import SosiaCore
import Testing

/// A folder of generated rasters.
final class Scene {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "rasters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Values without a format: interleaved by pixel, with a header that the tools understand.
    /// - Parameter type: ENVI's number: 1 bytes, 2 Int16, 4 Float32, 12 UInt16, 5 Float64.
    @discardableResult
    func raw(_ name: String, width: Int, height: Int, bands: Int, type: Int, bytes: [UInt8]) throws -> String {
        let header = """
            ENVI
            samples = \(width)
            lines = \(height)
            bands = \(bands)
            header offset = 0
            data type = \(type)
            interleave = bip
            byte order = 0

            """
        try Data(bytes).write(to: folder.appending(path: name))
        try Data(header.utf8).write(to: folder.appending(path: name + ".hdr"))
        return path(name)
    }

    /// A file of another format with the same values.
    @discardableResult
    func translate(_ from: String, _ name: String, _ arguments: [String] = []) throws -> String {
        try GDALTools.run("gdal_translate", ["-q"] + arguments + [from, path(name)])
        return path(name)
    }

    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return path(name)
    }

    /// Smooth colours with noise, none of them black.
    static func pixels(width: Int, height: Int, bands: Int = 3, seed: UInt64 = 1) -> [UInt8] {
        var generator = SplitMix(seed: seed)
        var bytes = [UInt8](repeating: 0, count: width * height * bands)
        for index in bytes.indices {
            let (pixel, band) = (index / bands, index % bands)
            let (x, y) = (pixel % width, pixel / width)
            let noise = Int(generator.next() & 15)
            bytes[index] = UInt8(20 + (x * (band + 1) / 3 + y * 2 + noise) % 200)
        }
        return bytes
    }

    static func bytes<Value>(_ values: [Value]) -> [UInt8] {
        values.withUnsafeBytes { Array($0) }
    }

    /// The window of a picture that is `width` pixels wide, RGB.
    static func cut(_ pixels: [UInt8], width: Int, _ window: PixelWindow, bands: [Int] = [0, 1, 2], of count: Int = 3)
        -> [UInt8]
    {
        var out: [UInt8] = []
        for y in window.y..<window.y + window.height {
            for x in window.x..<window.x + window.width {
                let pixel = (y * width + x) * count
                out += bands.map { pixels[pixel + $0] }
            }
        }
        return out
    }

    static func windows(width: Int, height: Int, count: Int, seed: UInt64) -> [PixelWindow] {
        var generator = SplitMix(seed: seed)
        return (0..<count).map { _ in
            let (x, y) = (Int.random(in: 0..<width, using: &generator), Int.random(in: 0..<height, using: &generator))
            return PixelWindow(
                x: x, y: y, width: Int.random(in: 1...min(width - x, 90), using: &generator),
                height: Int.random(in: 1...min(height - y, 90), using: &generator))
        }
    }
}

/// Real aerial images beside the package.
enum Aerial {
    static let folder = URL(filePath: #filePath).appending(path: "../../../../shared/data/aerial").standardized
    static let isPresent = FileManager.default.fileExists(atPath: folder.appending(path: "naip").path)
    static let absence: Comment = "the test photographs are absent: ../shared/data/aerial"
    static let survey = folder.appending(path: "naip/m_4709963_se_14_1_20150926.tif").path
    static let mosaic = folder.appending(path: "drone/mosaic_stitched.png").path
    static let photo = folder.appending(path: "drone/DJI_0018.JPG").path
}
