/// The encodings that are read.
public enum PictureFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, webp, tiff, gif, heif, avif, bmp

    /// Extensions, in lower case and without the dot, of the files that a walk through folders takes.
    private static let fileExtensions: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "tif", "tiff", "gif", "heic", "heif", "hif", "avif",
        "bmp", "dib",
    ]

    /// Whether a file is called like a picture.
    /// - Parameter name: with or without its folders.
    public static func isUsual(name: some StringProtocol) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return fileExtensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// How many bytes of a file `init(sniffing:)` looks at.
    public static let sniffedBytes = 64

    /// Tells the format by the first bytes, whatever the file is called.
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

    /// What bytes that are no picture look like, in printable ASCII.
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
