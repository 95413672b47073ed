import SosiaCore

/// The properties of an XMP packet (ISO 16684-1) that facts are read from.
///
/// This is no reader of XML: a property is looked for by the name that practically every writer gives it, and is an
/// attribute or an element that holds a text. The time is that of going over the bytes once.
struct XMPPacket {
    /// Bytes of a packet that are looked at; editors keep their histories behind what is read here.
    static let maximumBytes = 1 << 22
    private static let maximumValue = 96

    /// `xap` was the prefix of `xmp` once.
    private static let times = [
        "exif:DateTimeOriginal", "photoshop:DateCreated", "exif:DateTimeDigitized", "xmp:CreateDate", "xap:CreateDate",
        "tiff:DateTime", "xmp:ModifyDate", "xap:ModifyDate",
    ]
    private static let names = Set(
        times + [
            "tiff:Make", "tiff:Model", "tiff:Orientation", "exif:GPSLatitude", "exif:GPSLongitude", "exif:GPSStatus",
        ])
    private static let prefixes = Set(names.compactMap { $0.utf8.first })
    private static let maximumName = 22

    private var properties: [String: String] = [:]

    init(_ packet: ArraySlice<UInt8>) {
        let bytes = packet.prefix(Self.maximumBytes)
        var at = bytes.startIndex
        while let colon = bytes[at...].firstIndex(of: UInt8(ascii: ":")) {
            let before = bytes[at..<colon].suffix(Self.maximumName).reversed().prefix(while: Self.isOfName).count
            at = colon + 1
            at += bytes[at...].prefix(while: Self.isOfName).count
            let name = bytes[colon - before..<at]
            guard before > 0, name.count <= Self.maximumName, Self.prefixes.contains(name[name.startIndex]) else {
                continue
            }
            let property = String(decoding: name, as: UTF8.self)
            guard Self.names.contains(property), properties[property] == nil else { continue }
            properties[property] = Self.value(in: bytes[at...])
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
        default: false
        }
    }

    /// The text that follows a name, in printable ASCII.
    private static func value(in bytes: ArraySlice<UInt8>) -> String? {
        let isBlank = { (byte: UInt8) in byte <= 0x20 }
        var rest = bytes.prefix(maximumValue).drop(while: isBlank)
        let end: UInt8
        switch rest.popFirst() {
        case UInt8(ascii: ">"): end = UInt8(ascii: "<")
        case UInt8(ascii: "="):
            rest = rest.drop(while: isBlank)
            guard let quote = rest.popFirst(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                return nil
            }
            end = quote
        default: return nil
        }
        guard let length = rest.firstIndex(of: end) else { return nil }
        var text = String(decoding: rest[..<length].filter { (0x20...0x7e).contains($0) }, as: UTF8.self)
        for (escape, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        where text.contains("&") { text = text.replacing(escape, with: character) }
        return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension XMPPacket {
    /// 1...8; nil when absent.
    var orientation: Int? {
        properties["tiff:Orientation"].flatMap { Int($0) }.flatMap { (1...8).contains($0) ? $0 : nil }
    }

    /// What is nearest to the moment of capture first, as they are stored.
    var times: [String] { Self.times.compactMap { properties[$0] } }
    var make: String { properties["tiff:Make"] ?? "" }
    var model: String { properties["tiff:Model"] ?? "" }

    var position: PictureFacts.Position? {
        guard properties["exif:GPSStatus"]?.uppercased() != "V",
            let latitude = Self.angle(properties["exif:GPSLatitude"], north: "N", south: "S"),
            let longitude = Self.angle(properties["exif:GPSLongitude"], north: "E", south: "W")
        else { return nil }
        return PictureFacts.Position(latitude: latitude, longitude: longitude)
    }

    /// `48,30.5N`, `48,30,30N`, or degrees alone with a letter or a sign.
    private static func angle(_ text: String?, north: Character, south: Character) -> Double? {
        guard var digits = text.map({ $0.uppercased()[...] }), let last = digits.last else { return nil }
        let isSouth = last == south
        if isSouth || last == north { digits.removeLast() }
        guard digits.allSatisfy({ "0123456789.,+-".contains($0) }) else { return nil }
        let parts = digits.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard (1...3).contains(parts.count) else { return nil }
        var sum = 0.0
        for (part, unit) in zip(parts, [1.0, 60, 3_600]) {
            guard let part else { return nil }
            sum += abs(part) / unit
        }
        return isSouth || digits.hasPrefix("-") ? -sum : sum
    }
}
