import Images
import SosiaCore

/// A TIFF made field by field, little-endian, with the pixels of each page behind its directory.
struct TIFFBytes {
    /// A page: its fields, and its strips or tiles as they are stored.
    struct Page {
        var fields: [Int: [Int]] = [:]
        var parts: [[UInt8]]

        /// One strip of numbers, unless `fields` say otherwise.
        init(
            width: Int, height: Int, bits: [Int] = [8], photometric: Int = 1, _ more: [Int: [Int]] = [:],
            parts: [[UInt8]]
        ) {
            fields = [256: [width], 257: [height], 258: bits, 259: [1], 262: [photometric], 277: [bits.count]]
            if more[322] == nil { fields[278] = [height] }
            fields.merge(more) { $1 }
            self.parts = parts
        }
    }

    /// Fields whose numbers have four bytes; of the others they have two.
    private static let long: Set = [254, 256, 257, 273, 278, 279, 322, 323, 324, 325, 330, 513, 514]

    /// - Parameter children: pages that the first one names.
    static func file(_ pages: [Page], children: [Page] = []) -> [UInt8] {
        var bytes = Array("II".utf8) + [42, 0, 0, 0, 0, 0]
        var places: [Int] = []
        for child in children { places.append(append(child, to: &bytes).directory) }
        var link = 4
        for (number, page) in pages.enumerated() {
            var page = page
            if number == 0, !children.isEmpty { page.fields[330] = places }
            let (directory, next) = append(page, to: &bytes)
            bytes.replaceSubrange(link..<link + 4, with: Pictures.littleEndian(directory, 4))
            link = next
        }
        return bytes
    }

    private static func append(_ page: Page, to bytes: inout [UInt8]) -> (directory: Int, next: Int) {
        var fields = page.fields
        let isTiled = fields[322] != nil
        fields[isTiled ? 325 : 279] = page.parts.map(\.count)
        fields[isTiled ? 324 : 273] = page.parts.map { _ in 0 }
        let directory = bytes.count
        let next = directory + 2 + 12 * fields.count
        var values: [UInt8] = []
        let size = { (tag: Int) in long.contains(tag) ? 4 : 2 }
        var at = next + 4
        for (tag, numbers) in fields {
            let count = numbers.count * size(tag)
            if count > 4 { at += count }
        }
        fields[isTiled ? 324 : 273] = page.parts.map { part in
            defer { at += part.count }
            return at
        }
        bytes += Pictures.littleEndian(fields.count, 2)
        for (tag, numbers) in fields.sorted(by: { $0.key < $1.key }) {
            let content = numbers.flatMap { Pictures.littleEndian($0, size(tag)) }
            bytes += Pictures.littleEndian(tag, 2) + Pictures.littleEndian(size(tag) == 4 ? 4 : 3, 2)
            bytes += Pictures.littleEndian(numbers.count, 4)
            if content.count <= 4 {
                bytes += content + [UInt8](repeating: 0, count: 4 - content.count)
            } else {
                bytes += Pictures.littleEndian(next + 4 + values.count, 4)
                values += content
            }
        }
        bytes += [0, 0, 0, 0] + values + page.parts.joined()
        return (directory, next)
    }

    /// False, with a printed reason, where libtiff is not installed.
    static let areRead: Bool = {
        guard case .libraryMissing = failure(of: file([Page(width: 1, height: 1, parts: [[9]])])) else { return true }
        print("skipped: TIFF: libtiff is not installed")
        return false
    }()

    static func failure(of bytes: [UInt8]) -> DecodeError? {
        do {
            _ = try ImageDecoder().decode(bytes, maxSide: 200)
            return nil
        } catch {
            return error
        }
    }

    static func decode(_ bytes: [UInt8]) throws -> PixelImage {
        try ImageDecoder().decode(bytes, maxSide: 200).pixels
    }

    /// Numbers of so many bits behind each other, from the highest bit on; each row begins with a byte of its own.
    static func packed(_ rows: [[UInt64]], bits: Int) -> [UInt8] {
        rows.flatMap { row -> [UInt8] in
            var out = [UInt8](repeating: 0, count: (row.count * bits + 7) / 8)
            for (index, number) in row.enumerated() {
                for bit in 0..<bits where number >> UInt64(bits - 1 - bit) & 1 == 1 {
                    let at = index * bits + bit
                    out[at / 8] |= 0x80 >> UInt8(at % 8)
                }
            }
            return out
        }
    }
}
