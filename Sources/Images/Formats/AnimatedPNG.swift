/// The frames of an animated PNG behind its first picture (PNG, third edition, 11.3.6); libvips reads that one only.
struct AnimatedPNG {
    struct Frame {
        let x: Int
        let y: Int
        /// The frame as a PNG of its own.
        let bytes: [UInt8]
    }

    private struct Place {
        let control: Range<Int>
        var data: [Range<Int>] = []
    }

    private let bytes: [UInt8]
    /// Chunks that say how samples are to be read.
    private var common: [Range<Int>] = []
    private var header: Range<Int>?
    private var places: [Place] = []

    /// - Returns: nil for a still, and where nothing follows the first picture.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var (at, isAnimated, hasPicture) = (8, false, false)
        var control: Range<Int>?
        while let length = bytes.bigEndian(at: at, bytes: 4), length <= bytes.count - at - 12 {
            let body = at + 8..<at + 8 + length
            switch String(decoding: bytes[at + 4..<at + 8], as: UTF8.self) {
            case "IHDR": header = body
            case "acTL": isAnimated = true
            case "fcTL" where length >= 26: control = body
            case "IDAT":
                // What stands before these is of the first picture.
                guard isAnimated else { return nil }
                hasPicture = true
                control = nil
            case "fdAT" where length >= 4:
                if let found = control { places.append(Place(control: found)) }
                control = nil
                if !places.isEmpty { places[places.count - 1].data.append(body.lowerBound + 4..<body.upperBound) }
            case "IEND": at = bytes.count
            case "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "cICP":
                if !hasPicture { common.append(at..<body.upperBound + 4) }
            default: break
            }
            at += 12 + length
        }
        guard header?.count == 13, !places.isEmpty else { return nil }
    }

    var count: Int { places.count }

    /// Bytes that each frame has of its own.
    var commonBytes: Int { common.reduce(0) { $0 + $1.count } }

    func frame(_ number: Int) -> Frame? {
        guard let header, places.indices.contains(number) else { return nil }
        let place = places[number]
        let control = place.control.lowerBound
        let size = bytes[control + 4..<control + 12]
        guard let x = bytes.bigEndian(at: control + 12, bytes: 4), let y = bytes.bigEndian(at: control + 16, bytes: 4)
        else { return nil }
        var png = bytes[..<8] + Self.chunk("IHDR", size + bytes[header.lowerBound + 8..<header.upperBound])
        for chunk in common { png += bytes[chunk] }
        for data in place.data { png += Self.chunk("IDAT", bytes[data]) }
        return Frame(x: x, y: y, bytes: png + Self.chunk("IEND", []))
    }

    private static func chunk(_ name: String, _ body: ArraySlice<UInt8>) -> [UInt8] {
        let content = Array(name.utf8) + body
        let crc = content.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return UInt32(truncatingIfNeeded: body.count).bigEndianBytes + content + (~crc).bigEndianBytes
    }
}

extension UInt32 {
    fileprivate var bigEndianBytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}
