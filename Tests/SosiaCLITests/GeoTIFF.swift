import Foundation

/// An uncompressed RGB TIFF of one strip a row (TIFF 6.0), placed on earth in degrees (OGC 19-008r4), written by hand so
/// that its places and its damages are known.
struct GeoTIFF {
    let width: Int
    let height: Int
    /// Longitude and latitude of the upper left corner; nil for a raster without georeference.
    var origin: (longitude: Double, latitude: Double)?
    /// Degrees a pixel.
    var scale = 0.001
    /// Rows whose bytes lie behind the end of the file.
    var lostRows: Range<Int> = 0..<0
    /// Pixels of columns below this are black.
    var blackColumns = 0
    var seed: UInt64 = 1

    private struct Entry {
        let tag: UInt16
        let type: UInt16
        let count: Int
        let bytes: [UInt8]
    }

    var bytes: [UInt8] {
        var entries = [
            short(256, width), short(257, height), shorts(258, [8, 8, 8]), short(259, 1), short(262, 2), short(277, 3),
            short(278, 1), longs(279, [Int](repeating: width * 3, count: height)),
        ]
        if let origin {
            entries.append(doubles(33550, [scale, scale, 0]))
            entries.append(doubles(33922, [0, 0, 0, origin.longitude, origin.latitude, 0]))
            // Geographic, pixel is area, WGS 84.
            entries.append(shorts(34735, [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326]))
        }
        let directory = 8
        let after = directory + 2 + (entries.count + 1) * 12 + 4
        let outside = entries.reduce(height * 4) { $0 + ($1.bytes.count > 4 ? $1.bytes.count : 0) }
        let first = after + outside
        let offsets = (0..<height).map { lostRows.contains($0) ? first + height * width * 6 : first + $0 * width * 3 }
        entries.append(longs(273, offsets))
        entries.sort { $0.tag < $1.tag }

        var header: [UInt8] = Array("II".utf8) + little(42, 2) + little(directory, 4) + little(entries.count, 2)
        var tail: [UInt8] = []
        for entry in entries {
            header += little(Int(entry.tag), 2) + little(Int(entry.type), 2) + little(entry.count, 4)
            if entry.bytes.count <= 4 {
                header += entry.bytes + [UInt8](repeating: 0, count: 4 - entry.bytes.count)
            } else {
                header += little(after + tail.count, 4)
                tail += entry.bytes
            }
        }
        return header + little(0, 4) + tail + pixels
    }

    private var pixels: [UInt8] {
        (0..<height).flatMap { y in
            (0..<width).flatMap { x -> [UInt8] in
                if x < blackColumns { return [0, 0, 0] }
                var state = seed &* 1_000_003 &+ UInt64(y / 8 * 1_009 + x / 8)
                state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
                state = (state ^ (state >> 27)) &* 0x94d0_49bb_1331_11eb
                return (0..<3).map { UInt8(truncatingIfNeeded: state >> (8 * $0)) | 1 }
            }
        }
    }

    private func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private func short(_ tag: UInt16, _ value: Int) -> Entry { shorts(tag, [value]) }

    private func shorts(_ tag: UInt16, _ values: [Int]) -> Entry {
        Entry(tag: tag, type: 3, count: values.count, bytes: values.flatMap { little($0, 2) })
    }

    private func longs(_ tag: UInt16, _ values: [Int]) -> Entry {
        Entry(tag: tag, type: 4, count: values.count, bytes: values.flatMap { little($0, 4) })
    }

    private func doubles(_ tag: UInt16, _ values: [Double]) -> Entry {
        Entry(
            tag: tag, type: 12, count: values.count,
            bytes: values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
    }
}
