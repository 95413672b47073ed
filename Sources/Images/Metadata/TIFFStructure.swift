/// The directories of a TIFF or BigTIFF file, and of the EXIF block of any other (TIFF 6.0; CIPA DC-008, 4.6).
///
/// What is read goes to libexif as a small block of its own: libexif looks at 64 KB, at no BigTIFF, and copies whatever
/// an entry names, maker notes included.
struct TIFFStructure {
    /// A file's, or those of a block within a file.
    private let bytes: ArraySlice<UInt8>
    private let isBigEndian: Bool
    private let isBigTIFF: Bool

    /// Longest value that is kept; a multiple of every number's size.
    private static let maximumValue = 64

    private enum Tag {
        static let subfileType = 0x00fe
        static let xmp = 0x02bc
        static let photo = 0x8769
        static let gps = 0x8825
        /// DateTimeOriginal, DateTimeDigitized, OffsetTime and its two companions: in either directory.
        static let times: Set = [0x0132, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012]
        /// Make, Model, Orientation.
        static let main = times.union([0x010f, 0x0110, 0x0112, photo, gps])
        /// Latitude and longitude with their references, and the receiver's status.
        static let position: Set = [1, 2, 3, 4, 9]
    }

    private struct Entry {
        let tag: Int
        let kind: Int
        let value: Range<Int>
    }

    /// - Returns: nil unless a header stands at the beginning.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard Self.hasHeader(bytes) else { return nil }
        self.bytes = bytes
        isBigEndian = bytes.first == 0x4d
        isBigTIFF = bytes.prefix(4).contains(43)
    }

    /// A structure behind `Exif` and two zeros, or whatever a program wrote in their place.
    /// - Returns: nil when no header begins within the first 32 bytes.
    init?(near bytes: ArraySlice<UInt8>) {
        let starts = bytes.indices.prefix(32)
        guard let start = starts.first(where: { Self.hasHeader(bytes[$0...]) }) else { return nil }
        self.init(bytes[start...])
    }

    private static func hasHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, first == 0x49 || first == 0x4d, bytes.count >= 8 else { return false }
        return [[0x49, 0x49, 42, 0], [0x4d, 0x4d, 0, 42], [0x49, 0x49, 43, 0], [0x4d, 0x4d, 0, 43]]
            .contains { bytes.starts(with: $0) }
    }

    /// The XMP packet that a TIFF file keeps in its first directory.
    var xmp: ArraySlice<UInt8>? {
        guard let entry = entries(at: firstDirectory, of: [Tag.xmp]).found.first else { return nil }
        return bytes[bytes.startIndex + entry.value.lowerBound..<bytes.startIndex + entry.value.upperBound]
    }

    /// What facts are read from, as an EXIF block of some hundred bytes.
    /// - Returns: nil when there is none of it.
    func exifBlock() -> [UInt8]? {
        let first = entries(at: firstDirectory, of: Tag.main.union([Tag.subfileType]))
        var main = first.found
        // A reduced copy of the picture that follows says less than the picture itself.
        if let kind = main.first(where: { $0.tag == Tag.subfileType }), number(kind).map({ $0 & 1 == 1 }) == true {
            let known = Set(main.map(\.tag))
            main += entries(at: first.next, of: Tag.main.subtracting(known)).found
        }
        let photo = directory(Tag.photo, of: main, entries: Tag.times.union([Tag.gps]))
        let gps = directory(Tag.gps, of: main + photo, entries: Tag.position)
        let isKept = { (entry: Entry) in ![Tag.subfileType, Tag.photo, Tag.gps].contains(entry.tag) }
        let kept = [main, photo, gps].map { $0.filter(isKept) }
        return kept.allSatisfy(\.isEmpty) ? nil : block(main: kept[0], photo: kept[1], gps: kept[2])
    }

    private func directory(_ tag: Int, of entries: [Entry], entries wanted: Set<Int>) -> [Entry] {
        guard let pointer = entries.first(where: { $0.tag == tag }), let offset = number(pointer) else { return [] }
        return self.entries(at: offset, of: wanted).found
    }
}

/// Reading. Offsets count from the header; every one is checked before it is used.
extension TIFFStructure {
    private var firstDirectory: Int { number(at: isBigTIFF ? 8 : 4, bytes: isBigTIFF ? 8 : 4) ?? 0 }

    private func number(at offset: Int, bytes width: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - width else { return nil }
        let start = bytes.startIndex + offset
        var value: UInt64 = 0
        for i in 0..<width { value = value << 8 | UInt64(bytes[isBigEndian ? start + i : start + width - 1 - i]) }
        return Int(exactly: value)
    }

    /// The one number of an entry.
    private func number(_ entry: Entry) -> Int? {
        let size = Self.size(of: entry.kind)
        return size == entry.value.count ? number(at: entry.value.lowerBound, bytes: size) : nil
    }

    /// Bytes of one value of a TIFF type; 0 for those that are not known.
    private static func size(of kind: Int) -> Int {
        switch kind {
        case 1, 2, 6, 7, 129: 1
        case 3, 8: 2
        case 4, 9, 11, 13: 4
        case 5, 10, 12, 16, 17, 18: 8
        default: 0
        }
    }

    /// The first entry of each wanted tag, and where the next directory stands.
    private func entries(at offset: Int, of wanted: Set<Int>) -> (found: [Entry], next: Int) {
        // Of BigTIFF, counts and offsets are of 8 bytes.
        let width = isBigTIFF ? 8 : 4
        guard offset > 0, let count = number(at: offset, bytes: isBigTIFF ? 8 : 2) else { return ([], 0) }
        let first = offset + (isBigTIFF ? 8 : 2)
        let size = 4 + 2 * width
        let whole = min(count, (bytes.count - first) / size, 65_535)
        var found: [Entry] = []
        var missing = wanted
        for at in stride(from: first, to: first + whole * size, by: size) where !missing.isEmpty {
            guard let tag = number(at: at, bytes: 2), missing.contains(tag),
                let entry = entry(tag, at: at, width: width)
            else { continue }
            found.append(entry)
            missing.remove(tag)
        }
        return (found, whole == count ? number(at: first + whole * size, bytes: width) ?? 0 : 0)
    }

    /// - Returns: nil unless the value is there to its end.
    private func entry(_ tag: Int, at offset: Int, width: Int) -> Entry? {
        guard let kind = number(at: offset + 2, bytes: 2), let count = number(at: offset + 4, bytes: width), count > 0
        else { return nil }
        let size = Self.size(of: kind)
        guard size > 0, count <= bytes.count / size else { return nil }
        let length = count * size
        let field = offset + 4 + width
        guard let start = length <= width ? field : number(at: field, bytes: width), start <= bytes.count - length
        else { return nil }
        return Entry(tag: tag, kind: kind, value: start..<start + length)
    }
}

/// Writing.
extension TIFFStructure {
    private func block(main: [Entry], photo: [Entry], gps: [Entry]) -> [UInt8] {
        let mainSize = Self.size(main) + 2 * 12
        let photoStart = 8 + mainSize
        let gpsStart = photoStart + Self.size(photo)
        var out = Array("Exif\0\0".utf8)
        out += Array((isBigEndian ? "MM" : "II").utf8)
        out += field(42, 2) + field(8, 4)
        out += directory(main, at: 8, pointers: [(Tag.photo, photoStart), (Tag.gps, gpsStart)])
        out += directory(photo, at: photoStart, pointers: [])
        return out + directory(gps, at: gpsStart, pointers: [])
    }

    private static func size(_ entries: [Entry]) -> Int {
        let values = entries.map { min($0.value.count, maximumValue) }.filter { $0 > 4 }
        return 2 + 12 * entries.count + 4 + values.reduce(0, +)
    }

    private func directory(_ entries: [Entry], at start: Int, pointers: [(tag: Int, offset: Int)]) -> [UInt8] {
        let count = entries.count + pointers.count
        var table = field(count, 2)
        var values: [UInt8] = []
        for entry in entries {
            // Texts are stored as bytes, as UTF-8 (EXIF 3.0) and as "undefined", too.
            let kind = [1, 7, 129].contains(entry.kind) ? 2 : entry.kind
            let from = bytes.startIndex + entry.value.lowerBound
            let value = bytes[from..<from + min(entry.value.count, Self.maximumValue)]
            table += field(entry.tag, 2) + field(kind, 2) + field(value.count / Self.size(of: kind), 4)
            if value.count <= 4 {
                table += value + [UInt8](repeating: 0, count: 4 - value.count)
            } else {
                table += field(start + 2 + 12 * count + 4 + values.count, 4)
                values += value
            }
        }
        for (tag, offset) in pointers { table += field(tag, 2) + field(4, 2) + field(1, 4) + field(offset, 4) }
        return table + field(0, 4) + values
    }

    private func field(_ value: Int, _ width: Int) -> [UInt8] {
        let ascending = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return isBigEndian ? ascending.reversed() : ascending
    }
}
