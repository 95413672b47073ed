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
