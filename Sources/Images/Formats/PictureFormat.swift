/// The encodings that can be read.
public enum PictureFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, webp, tiff, gif, heif, avif, bmp

    /// Extensions, in lower case and without the dot, of the files that a walk through folders takes.
    private static let fileExtensions: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "tif", "tiff", "gif", "heic", "heif", "hif", "avif",
        "bmp", "dib",
    ]

    /// Whether a file's name is that of a picture.
    /// - Parameter name: with or without its folders.
    public static func isUsual(name: some StringProtocol) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return fileExtensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// How many bytes of a file `init(sniffing:)` looks at.
    public static let sniffedBytes = 64

    /// Recognises the format by the first bytes, whatever the file is called.
    /// - Returns: nil when it is none of the known ones.
    public init?(sniffing bytes: [UInt8]) {
        let head = Array(bytes.prefix(Self.sniffedBytes))
        func has(_ magic: [UInt8], at offset: Int = 0) -> Bool {
            head.dropFirst(offset).starts(with: magic)
        }
        if has([0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if has([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self = .png
        } else if has(Array("RIFF".utf8)), has(Array("WEBP".utf8), at: 8) {
            self = .webp
        } else if has(Array("GIF87a".utf8)) || has(Array("GIF89a".utf8)) {
            self = .gif
        } else if [[0x49, 0x49, 42, 0], [0x4d, 0x4d, 0, 42], [0x49, 0x49, 43, 0], [0x4d, 0x4d, 0, 43]]
            .contains(Array(head.prefix(4)))
        {
            self = .tiff
        } else if has(Array("ftyp".utf8), at: 4), let format = Self.brand(in: head) {
            self = format
        } else if has(Array("BM".utf8)), let headerSize = bytes.littleEndian(at: 14, bytes: 4), headerSize < 256 {
            self = .bmp
        } else {
            return nil
        }
    }

    /// The major brand, then the compatible ones, of an ISO base media file (ISO/IEC 23008-12).
    private static func brand(in head: [UInt8]) -> PictureFormat? {
        let size = head.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let brands = stride(from: 8, to: min(size, head.count) - 3, by: 4)
            .filter { $0 != 12 }  // the minor version
            .map { String(decoding: head[$0..<$0 + 4], as: UTF8.self) }
        if brands.contains(where: ["avif", "avis"].contains) { return .avif }
        if brands.contains(where: ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"].contains) {
            return .heif
        }
        return nil
    }

    /// Describes bytes that are no picture, in printable ASCII.
    static func describe(beginningOf bytes: [UInt8]) -> String {
        let head = bytes.prefix(256)
        if head.allSatisfy({ $0 == 0 }) { return "it begins with zeros" }
        if head.starts(with: Array("%PDF".utf8)) { return "it is a PDF document" }
        let isText = head.allSatisfy { $0 >= 0x20 && $0 != 0x7f || [0x09, 0x0a, 0x0d].contains($0) }
        if isText { return "it begins like text" }
        let digits = bytes.prefix(8).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return "it begins with the bytes " + digits.joined(separator: " ")
    }
}

extension PictureFormat {
    /// Whether a file that could not be read is one that was cut off: its own length fields point behind its end.
    func endsEarly(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .jpeg: !JPEGHeader.body(of: bytes, from: 2).isClosed
        case .png: Self.pngEndsEarly(bytes)
        case .webp: bytes.littleEndian(at: 4, bytes: 4).map { $0 + 8 > bytes.count } ?? true
        case .gif: GIFFile(bytes).endsEarly
        case .heif, .avif: Self.boxesEndEarly(bytes)
        case .tiff: Self.tiffEndsEarly(bytes)
        case .bmp: false  // has its own reader
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

    /// Whether the first directory, which may lie anywhere, is missing; its strips are held against the file elsewhere.
    private static func tiffEndsEarly(_ bytes: [UInt8]) -> Bool {
        let field = bytes.first == UInt8(ascii: "I") ? bytes.littleEndian(at:bytes:) : bytes.bigEndian(at:bytes:)
        let isBig = field(2, 2) == 43
        guard let directory = isBig ? field(8, 8) : field(4, 4), let count = field(directory, isBig ? 8 : 2) else {
            return true
        }
        return count > (bytes.count - directory) / (isBig ? 20 : 12)
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

extension [UInt8] {
    /// - Returns: nil when the bytes are not all there or the value is above `Int.max`.
    func littleEndian(at offset: Int, bytes width: Int) -> Int? {
        guard offset >= 0, offset <= count - width else { return nil }
        return Int(exactly: self[offset..<offset + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// - Returns: nil when the bytes are not all there or the value is above `Int.max`.
    func bigEndian(at offset: Int, bytes width: Int) -> Int? {
        guard offset >= 0, offset <= count - width else { return nil }
        return Int(exactly: self[offset..<offset + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
