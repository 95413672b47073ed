import Foundation
import Images
import SosiaCore

/// Generated pictures, and files made of them without any library but the one under test.
enum Pictures {
    /// Smooth, without symmetry: each corner has a colour of its own.
    static func scene(width: Int, height: Int) -> PixelImage {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
                bytes.append(UInt8(40 + 200 * u))
                bytes.append(UInt8(230 - 180 * v))
                bytes.append(UInt8(128 + 90 * sin(6 * u + 4 * v)))
            }
        }
        return image(width: width, height: height, bytes: bytes)
    }

    static func image(width: Int, height: Int, bytes: [UInt8]) -> PixelImage {
        guard let image = PixelImage(width: width, height: height, bytes: bytes) else {
            preconditionFailure("a test asked for \(width) x \(height) pixels of \(bytes.count) bytes")
        }
        return image
    }

    static func jpeg(width: Int = 160, height: Int = 120) throws -> [UInt8] {
        try ImageEncoder.jpeg(scene(width: width, height: height), quality: 92)
    }

    /// The JPEG with a segment put in behind its first two bytes.
    static func jpeg(_ jpeg: [UInt8], with marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        var out = Array(jpeg[..<2])
        out += [0xff, marker]
        out += bigEndian(body.count + 2, 2)
        out += body
        return out + jpeg[2...]
    }

    /// 8-bit RGB PNG, not compressed; `declared` replaces the size in the header only. Further chunks stand `before` the
    /// pixels or `behind` them.
    static func png(
        _ image: PixelImage, declared: (width: Int, height: Int)? = nil, before: [UInt8] = [], behind: [UInt8] = []
    ) -> [UInt8] {
        let size = declared ?? (image.width, image.height)
        var rows: [UInt8] = []
        for row in 0..<image.height {
            rows.append(0)
            rows += image.bytes[row * image.width * 3..<(row + 1) * image.width * 3]
        }
        let header = bigEndian(size.width, 4) + bigEndian(size.height, 4) + [8, 2, 0, 0, 0]
        let magic: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        let start = magic + chunk("IHDR", header) + before
        return start + chunk("IDAT", stored(rows)) + behind + chunk("IEND", [])
    }

    /// A zlib stream that compresses nothing.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var data: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bytes.count, by: 65_535) {
            let part = bytes[start..<min(start + 65_535, bytes.count)]
            let length = littleEndian(part.count, 2)
            data.append(start + part.count == bytes.count ? 1 : 0)
            data += length
            data += length.map { ~$0 }
            data += part
        }
        var low = 1
        var high = 0
        for byte in bytes {
            low = (low + Int(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return data + bigEndian(high << 16 | low, 4)
    }

    static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        let content = Array(name.utf8) + body
        var crc: UInt32 = 0xffff_ffff
        for byte in content {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return bigEndian(body.count, 4) + content + bigEndian(Int(~crc), 4)
    }

    /// BMP with a 40-byte header and whatever pixels follow it.
    static func bitmap(
        width: Int, height: Int, bits: Int, compression: Int = 0, palette: [UInt8] = [], data: [UInt8]
    ) -> [UInt8] {
        let start = 54 + palette.count
        var header = Array("BM".utf8) + littleEndian(start + data.count, 4) + littleEndian(0, 4)
        header += littleEndian(start, 4) + littleEndian(40, 4)
        header += littleEndian(width, 4) + littleEndian(height, 4) + littleEndian(1, 2) + littleEndian(bits, 2)
        header += littleEndian(compression, 4) + [UInt8](repeating: 0, count: 20)
        return header + palette + data
    }

    static func bigEndian(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func littleEndian(_ value: Int, _ bytes: Int) -> [UInt8] {
        bigEndian(value, bytes).reversed()
    }

    /// Mean absolute difference in levels.
    static func difference(_ a: PixelImage, _ b: PixelImage) -> Double {
        guard a.width == b.width, a.height == b.height else { return .infinity }
        return zip(a.bytes, b.bytes).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(a.bytes.count)
    }

    /// False, with a printed reason, where libvips is not installed.
    static let hasVips: Bool = {
        do {
            _ = try ImageDecoder().decode(png(scene(width: 2, height: 2)), maxSide: 2)
            return true
        } catch {
            print("skipped: formats that libvips reads: \(error)")
            return false
        }
    }()
}
