/// `eXIf` (PNG, third edition) before or behind the pixels, and what was written before there was such a chunk: the text
/// chunks in which ImageMagick and others keep a profile as hexadecimal digits.
extension MetadataBlocks {
    /// Texts that are inflated and read.
    private static let maximumTexts = 8
    private static let profileNames = ["raw profile type exif", "raw profile type app1", "raw profile type xmp"]

    mutating func readPNG(_ bytes: [UInt8]) {
        var texts: [(chunk: ArraySlice<UInt8>, kind: Int)] = []
        var at = 8
        for _ in 0..<Self.maximumParts {
            guard let length = bytes.bigEndian(at: at, bytes: 4), let kind = bytes.bigEndian(at: at + 4, bytes: 4),
                length <= bytes.count - at - 8
            else { break }
            let chunk = bytes[at + 8..<at + 8 + length]
            switch kind {
            case 0x6558_4966: offer(exif: chunk)
            case 0x7445_5874, 0x7a54_5874, 0x6954_5874:
                let name = Self.keyword(of: chunk).name
                if texts.count < Self.maximumTexts, name == "xml:com.adobe.xmp" || Self.profileNames.contains(name) {
                    texts.append((chunk, kind))
                }
            default: break
            }
            at += 12 + length
        }
        for text in texts { read(text: text.chunk, kind: text.kind) }
    }

    /// In lower case, as some programs write it, and what follows its zero.
    private static func keyword(of chunk: ArraySlice<UInt8>) -> (name: String, rest: ArraySlice<UInt8>) {
        let name = chunk.prefix(79).prefix { $0 != 0 }
        return (String(decoding: name, as: UTF8.self).lowercased(), chunk.dropFirst(name.count + 1))
    }

    private mutating func read(text chunk: ArraySlice<UInt8>, kind: Int) {
        let (name, rest) = Self.keyword(of: chunk)
        var text = rest
        var isDeflated = kind == 0x7a54_5874
        if isDeflated { text = text.dropFirst() }  // the method
        if kind == 0x6954_5874 {
            isDeflated = text.first == 1
            text = text.dropFirst(2)
            // The language, and the keyword in it.
            for _ in 0..<2 { text = text.drop { $0 != 0 }.dropFirst() }
        }
        if isDeflated { text = PNGFile.inflated(text, limit: Self.maximumCopy)[...] }
        if name == "xml:com.adobe.xmp" { return offer(xmp: text) }
        let profile = Self.profile(in: text)
        if name.hasSuffix("xmp") { offer(xmp: profile) } else { offer(segment: profile) }
    }

    /// `\nexif\n   1234\n`, then digits in lines.
    private static func profile(in text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var digits = text.prefix(maximumCopy)
        for _ in 0..<3 { digits = digits.drop { $0 != UInt8(ascii: "\n") }.dropFirst() }
        var profile: [UInt8] = []
        profile.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for character in digits {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: continue
            }
            if let first = high {
                profile.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return profile[...]
    }
}
