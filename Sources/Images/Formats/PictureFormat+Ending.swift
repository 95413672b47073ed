extension PictureFormat {
    /// Whether a file that could not be read is one that was cut off: its own length fields point behind its end.
    func endsEarly(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .jpeg: !JPEGHeader.reachesEnd(bytes, from: 2)
        case .png: Self.pngEndsEarly(bytes)
        case .webp: bytes.littleEndian(at: 4, bytes: 4).map { $0 + 8 > bytes.count } ?? true
        case .gif: Self.gifEndsEarly(bytes)
        case .heif, .avif: Self.boxesEndEarly(bytes)
        // A TIFF's directory may lie anywhere and says nothing of the file's length; BMP has its own reader.
        case .tiff, .bmp: false
        }
    }

    private static func pngEndsEarly(_ bytes: [UInt8]) -> Bool {
        var at = 8
        while let length = bytes.bigEndian(at: at, bytes: 4), let kind = bytes.bigEndian(at: at + 4, bytes: 4) {
            at += 12 + length
            if kind == 0x4945_4e44 { return at > bytes.count }  // IEND
        }
        return true
    }

    private static func gifEndsEarly(_ bytes: [UInt8]) -> Bool {
        func table(_ flags: Int) -> Int { flags & 0x80 == 0 ? 0 : 3 << ((flags & 7) + 1) }
        guard let flags = bytes.littleEndian(at: 10, bytes: 1) else { return true }
        var at = 13 + table(flags)
        while let kind = bytes.littleEndian(at: at, bytes: 1) {
            switch kind {
            case 0x3b: return false
            case 0x21: at += 2
            case 0x2c:
                guard let flags = bytes.littleEndian(at: at + 9, bytes: 1) else { return true }
                at += 11 + table(flags)
            default: return false
            }
            // Blocks of up to 255 bytes, ended by an empty one.
            while let length = bytes.littleEndian(at: at, bytes: 1) {
                at += 1 + length
                if length == 0 { break }
            }
        }
        return true
    }

    private static func boxesEndEarly(_ bytes: [UInt8]) -> Bool {
        var at = 0
        while at < bytes.count {
            guard var length = bytes.bigEndian(at: at, bytes: 4) else { return true }
            if length == 0 { return false }
            if length == 1 {
                guard let long = bytes.bigEndian(at: at + 8, bytes: 8) else { return true }
                length = long
            }
            guard length >= 8 else { return false }
            guard length <= bytes.count - at else { return true }
            at += length
        }
        return false
    }
}
