import Foundation
import Images
import SosiaCore
import Testing

/// PNG files that are written in bands, read again by libvips.
struct PictureFileTests {
    private static func picture(width: Int, height: Int) throws -> PixelImage {
        let bytes = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ ($0 >> 9) ^ ($0 / 1013)) }
        return try #require(PixelImage(width: width, height: height, bytes: bytes))
    }

    private static func written(_ picture: PixelImage, rows: Int) throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory.path + "/sosia-file-\(UUID().uuidString).png"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try PictureFileWriter(creating: path, width: picture.width, height: picture.height)
        for start in stride(from: 0, to: picture.height, by: rows) {
            let end = min(start + rows, picture.height)
            try file.append(Array(picture.bytes[start * picture.width * 3..<end * picture.width * 3]))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        try file.finish()
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Less than a band, just one, many, and few rows a band.
    @Test(arguments: [(1, 1), (7, 5), (512, 341), (512, 342), (640, 4_000), (16_384, 30)])
    func whatIsWrittenIsReadAgain(width: Int, height: Int) throws {
        let picture = try Self.picture(width: width, height: height)
        let bytes = try Self.written(picture, rows: height)
        let side = max(width, height)
        let limits = DecodeLimits(maximumSide: side)
        #expect(try ImageDecoder(limits: limits).decode(bytes, maxSide: side).pixels == picture)
        // The same bytes, however the rows come.
        for rows in [1, 3, 100] { #expect(try Self.written(picture, rows: rows) == bytes) }
    }

    @Test func aSideThatIsTooLongIsNamed() throws {
        let folder = FileManager.default.temporaryDirectory.path
        for (name, width, height, most) in [
            ("a.png", 1_000_001, 1, 1_000_000), ("b.png", 1, 1_000_001, 1_000_000), ("c.jpg", 70_000, 1, 65_535),
        ] {
            let path = "\(folder)/\(UUID().uuidString)-\(name)"
            let error = EncodeError.sideTooLong(width: width, height: height, maximumSide: most, path: path)
            #expect(throws: error) { try PictureFileWriter(creating: path, width: width, height: height) }
            #expect("\(error)".hasPrefix("\(path) cannot be written: \(width) x \(height) pixels"))
        }
        let nowhere = "/nowhere/at/all.png"
        #expect(throws: EncodeError.unwritable(path: nowhere)) {
            try PictureFileWriter(creating: nowhere, width: 1, height: 1)
        }
    }
}
