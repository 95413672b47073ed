/// The headers of a BMP file, checked; libvips reads the format only through a library that it must not load here.
///
/// Layout as in the Windows documentation of `BITMAPFILEHEADER`, `BITMAPCOREHEADER` and `BITMAPV5HEADER`.
struct BitmapFile {
    enum Coding {
        case palette(bits: Int)
        case runs(bits: Int)
        /// Red, green, blue and alpha masks of a 16, 24 or 32-bit pixel; no alpha when its mask is 0.
        case masks(bits: Int, red: UInt32, green: UInt32, blue: UInt32, alpha: UInt32)
    }

    let width: Int
    let height: Int
    let coding: Coding
    let isTopDown: Bool
    let dataStart: Int
    /// ICC, of a header of version 5.
    let profile: [UInt8]?
    /// R, G, B of the palette's entries.
    let palette: [UInt8]

    init(_ bytes: [UInt8]) throws(DecodeError) {
        func field(_ offset: Int, _ width: Int) throws(DecodeError) -> Int {
            guard let value = bytes.littleEndian(at: offset, bytes: width) else { throw .truncated }
            return value
        }
        let named = try field(10, 4)
        let headerSize = try field(14, 4)
        let isCore = headerSize == 12
        guard isCore || (40...200).contains(headerSize) else {
            throw .unsupported(format: .bmp, reason: "a header of \(headerSize) bytes")
        }
        let bits: Int
        var compression = 0
        var colors = 0
        if isCore {
            width = try field(18, 2)
            height = try field(20, 2)
            isTopDown = false
            bits = try field(24, 2)
        } else {
            let signedHeight = Int(Int32(truncatingIfNeeded: try field(22, 4)))
            width = Int(Int32(truncatingIfNeeded: try field(18, 4)))
            height = abs(signedHeight)
            isTopDown = signedHeight < 0
            bits = try field(28, 2)
            compression = try field(30, 4)
            colors = try field(46, 4)
        }
        guard width > 0, height > 0 else { throw .damaged(reason: "the header says \(width) x \(height) pixels") }

        var maskBytes = 0
        switch (compression, bits) {
        case (0, 1), (0, 2), (0, 4), (0, 8): coding = .palette(bits: bits)
        case (1, 8), (2, 4): coding = .runs(bits: bits)
        case (0, 16): coding = .masks(bits: 16, red: 0x7c00, green: 0x3e0, blue: 0x1f, alpha: 0)
        case (0, 24), (0, 32): coding = .masks(bits: bits, red: 0xff_0000, green: 0xff00, blue: 0xff, alpha: 0)
        case (3, 16), (3, 32), (6, 16), (6, 32):
            let hasAlpha = compression == 6 || headerSize >= 56
            coding = .masks(
                bits: bits, red: UInt32(try field(54, 4)), green: UInt32(try field(58, 4)),
                blue: UInt32(try field(62, 4)), alpha: hasAlpha ? UInt32(try field(66, 4)) : 0)
            maskBytes = headerSize == 40 ? (compression == 6 ? 16 : 12) : 0
        default: throw .unsupported(format: .bmp, reason: "compression \(compression) with \(bits) bits a pixel")
        }

        let entry = isCore ? 3 : 4
        let start = 14 + headerSize + maskBytes
        let full = bits <= 8 ? 1 << bits : 0
        let entries = colors == 0 ? full : min(colors, full)
        let end = start + entries * entry
        // Some writers name a place before the palette's end. The oldest leave out the palette's end when the pixels
        // begin there; others forget the palette, and then there are as many more bytes.
        let left = bytes.count - end
        let isRuns = compression == 1 || compression == 2
        let fits = isRuns ? named == start && left > 0 : (width * bits + 31) / 32 * 4 <= left / height
        dataStart = named < start || (named < end && fits) ? end : named

        var palette: [UInt8] = []
        let room = max(0, (min(dataStart, bytes.count) - start) / entry)
        for index in 0..<min(entries, room) {
            let at = start + index * entry
            palette += [bytes[at + 2], bytes[at + 1], bytes[at]]
        }
        self.palette = palette
        profile = Self.profile(of: bytes, headerSize: headerSize)
    }

    /// The profile that is embedded; those that name a file are not followed.
    private static func profile(of bytes: [UInt8], headerSize: Int) -> [UInt8]? {
        guard headerSize >= 124, bytes.littleEndian(at: 70, bytes: 4) == 0x4d42_4544,  // MBED
            let offset = bytes.littleEndian(at: 126, bytes: 4), let size = bytes.littleEndian(at: 130, bytes: 4),
            size > 0, 14 + offset + size <= bytes.count
        else { return nil }
        return [UInt8](bytes[14 + offset..<14 + offset + size])
    }

    /// Bytes of a stored row: whole groups of four.
    func rowBytes(bits: Int) -> Int {
        (width * bits + 31) / 32 * 4
    }

    func samples(of bytes: [UInt8]) throws(DecodeError) -> Samples {
        let rgb: [UInt8]
        switch coding {
        case .palette(let bits):
            try checkLength(bytes, bits: bits)
            rgb = paletteRows(bytes, bits: bits)
        case .masks(let bits, let red, let green, let blue, let alpha):
            try checkLength(bytes, bits: bits)
            rgb = maskedRows(
                bytes, bits: bits, red: BitmapChannel(red), green: BitmapChannel(green), blue: BitmapChannel(blue),
                alpha: BitmapChannel(alpha))
        case .runs(let bits):
            rgb = try runs(bytes, bits: bits)
        }
        guard let samples = Samples(width: width, height: height, channels: 3, bytes: rgb) else {
            throw .damaged(reason: "\(rgb.count) bytes for \(width) x \(height) pixels")
        }
        return samples
    }

    private func checkLength(_ bytes: [UInt8], bits: Int) throws(DecodeError) {
        guard dataStart <= bytes.count, rowBytes(bits: bits) <= (bytes.count - dataStart) / height else {
            throw .truncated
        }
    }
}

/// One colour of a masked pixel.
struct BitmapChannel {
    private let mask: UInt32
    private let shift: Int
    private let maximum: UInt32

    var isAbsent: Bool { mask == 0 }

    init(_ mask: UInt32) {
        self.mask = mask
        shift = mask == 0 ? 0 : mask.trailingZeroBitCount
        maximum = mask == 0 ? 1 : mask >> shift
    }

    /// 0...255
    func value(of pixel: UInt32) -> UInt32 {
        UInt32((UInt64((pixel & mask) >> shift) * 255 + UInt64(maximum / 2)) / UInt64(maximum))
    }
}

extension BitmapFile {
    func paletteRows(_ bytes: [UInt8], bits: Int) -> [UInt8] {
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        let mask = (1 << bits) - 1
        for row in 0..<height {
            let from = start(ofRow: row, bits: bits)
            for column in 0..<width {
                let bit = column * bits
                let index = Int(bytes[from + bit / 8]) >> (8 - bits - bit % 8) & mask
                set(&rgb, row * width + column, toColor: index)
            }
        }
        return rgb
    }

    func maskedRows(
        _ bytes: [UInt8], bits: Int, red: BitmapChannel, green: BitmapChannel, blue: BitmapChannel,
        alpha: BitmapChannel
    ) -> [UInt8] {
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        let size = bits / 8
        for row in 0..<height {
            let from = start(ofRow: row, bits: bits)
            for column in 0..<width {
                var pixel: UInt32 = 0
                for byte in 0..<size { pixel |= UInt32(bytes[from + column * size + byte]) << (8 * byte) }
                let to = (row * width + column) * 3
                let opacity = alpha.isAbsent ? 255 : alpha.value(of: pixel)
                for (offset, channel) in [(0, red), (1, green), (2, blue)] {
                    rgb[to + offset] = UInt8((channel.value(of: pixel) * opacity + 255 * (255 - opacity) + 127) / 255)
                }
            }
        }
        return rgb
    }

    /// Run-length coding of 8 and 4-bit indices; pixels that no run reaches keep colour 0.
    func runs(_ bytes: [UInt8], bits: Int) throws(DecodeError) -> [UInt8] {
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        if !palette.isEmpty {
            for pixel in 0..<width * height { set(&rgb, pixel, toColor: 0) }
        }
        var at = dataStart
        var column = 0
        var row = 0
        func put(_ index: Int) {
            guard column < width, row < height else { return }
            set(&rgb, (isTopDown ? row : height - 1 - row) * width + column, toColor: index)
            column += 1
        }
        while row < height {
            guard let count = bytes.littleEndian(at: at, bytes: 1), let value = bytes.littleEndian(at: at + 1, bytes: 1)
            else { throw .truncated }
            at += 2
            switch (count, value) {
            case (0, 0):
                column = 0
                row += 1
            case (0, 1): return rgb
            case (0, 2):
                guard let right = bytes.littleEndian(at: at, bytes: 1),
                    let up = bytes.littleEndian(at: at + 1, bytes: 1)
                else { throw .truncated }
                column += right
                row += up
                at += 2
            case (0, let length):
                let stored = bits == 8 ? length : (length + 1) / 2
                guard at + stored <= bytes.count else { throw .truncated }
                for i in 0..<length {
                    let byte = Int(bytes[at + (bits == 8 ? i : i / 2)])
                    put(bits == 8 ? byte : i % 2 == 0 ? byte >> 4 : byte & 15)
                }
                at += (stored + 1) / 2 * 2
            case (let length, let value):
                for i in 0..<length { put(bits == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15) }
            }
        }
        return rgb
    }

    private func start(ofRow row: Int, bits: Int) -> Int {
        dataStart + (isTopDown ? row : height - 1 - row) * rowBytes(bits: bits)
    }

    /// Indices behind the palette's end are black.
    private func set(_ rgb: inout [UInt8], _ pixel: Int, toColor index: Int) {
        guard 3 * index + 2 < palette.count else { return }
        for channel in 0..<3 { rgb[3 * pixel + channel] = palette[3 * index + channel] }
    }
}
