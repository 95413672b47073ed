/// An EXIF block made by hand (CIPA DC-008), big-endian.
struct EXIFBytes {
    enum Value {
        case short(Int)
        case long(Int)
        case text(String)
        case rationals([(Int, Int)])
        case signedRationals([(Int, Int)])
        /// One-byte values of any type.
        case bytes(kind: Int, [UInt8])
        case shorts([Int])
    }

    var main: [(tag: Int, value: Value)] = []
    var photo: [(tag: Int, value: Value)] = []
    var gps: [(tag: Int, value: Value)] = []

    static func orientation(_ value: Int) -> [UInt8] {
        EXIFBytes(main: [(0x0112, .short(value))]).bytes
    }

    /// With the leading `Exif` and two zeros.
    var bytes: [UInt8] {
        let links = (photo.isEmpty ? 0 : 1) + (gps.isEmpty ? 0 : 1)
        let mainSize = Self.size(main.map(\.value), links: links)
        let photoStart = 8 + mainSize
        let gpsStart = photoStart + (photo.isEmpty ? 0 : Self.size(photo.map(\.value), links: 0))
        var pointers: [(Int, Int)] = []
        if !photo.isEmpty { pointers.append((0x8769, photoStart)) }
        if !gps.isEmpty { pointers.append((0x8825, gpsStart)) }
        var out = Array("Exif".utf8) + [0, 0] + Array("MM".utf8) + Pictures.bigEndian(42, 2) + Pictures.bigEndian(8, 4)
        out += Self.directory(main, pointers: pointers, at: 8)
        if !photo.isEmpty { out += Self.directory(photo, pointers: [], at: photoStart) }
        if !gps.isEmpty { out += Self.directory(gps, pointers: [], at: gpsStart) }
        return out
    }

    private static func payload(_ value: Value) -> (kind: Int, count: Int, bytes: [UInt8]) {
        switch value {
        case .short(let number): return (3, 1, Pictures.bigEndian(number, 2))
        case .long(let number): return (4, 1, Pictures.bigEndian(number, 4))
        case .shorts(let numbers): return (3, numbers.count, numbers.flatMap { Pictures.bigEndian($0, 2) })
        case .bytes(let kind, let bytes): return (kind, bytes.count, bytes)
        case .text(let text): return (2, text.utf8.count + 1, Array(text.utf8) + [0])
        case .rationals(let parts):
            return (5, parts.count, parts.flatMap { Pictures.bigEndian($0.0, 4) + Pictures.bigEndian($0.1, 4) })
        case .signedRationals(let parts):
            return (10, parts.count, parts.flatMap { Pictures.bigEndian($0.0, 4) + Pictures.bigEndian($0.1, 4) })
        }
    }

    private static func size(_ values: [Value], links: Int) -> Int {
        let data = values.map { payload($0).bytes.count }.filter { $0 > 4 }.reduce(0, +)
        return 2 + 12 * (values.count + links) + 4 + data
    }

    private static func directory(
        _ entries: [(tag: Int, value: Value)], pointers: [(Int, Int)], at start: Int
    ) -> [UInt8] {
        let count = entries.count + pointers.count
        var table = Pictures.bigEndian(count, 2)
        var data: [UInt8] = []
        for entry in entries {
            let (kind, number, bytes) = payload(entry.value)
            table += Pictures.bigEndian(entry.tag, 2) + Pictures.bigEndian(kind, 2) + Pictures.bigEndian(number, 4)
            if bytes.count <= 4 {
                table += bytes + [UInt8](repeating: 0, count: 4 - bytes.count)
            } else {
                table += Pictures.bigEndian(start + 2 + 12 * count + 4 + data.count, 4)
                data += bytes
            }
        }
        for (tag, offset) in pointers {
            table += Pictures.bigEndian(tag, 2) + Pictures.bigEndian(4, 2) + Pictures.bigEndian(1, 4)
            table += Pictures.bigEndian(offset, 4)
        }
        return table + Pictures.bigEndian(0, 4) + data
    }
}
