import SosiaCore

/// Files made by hand around a block of metadata. Those without pixels are enough to look for metadata in.
enum Containers {
    static let xmpMarker = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

    static func xmp(_ properties: String) -> [UInt8] {
        let start = "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>"
        return Array((start + properties + "</rdf:RDF></x:xmpmeta><?xpacket end='w'?>").utf8)
    }

    /// RIFF with a chunk of odd length before.
    static func webP(_ chunks: [(name: String, body: [UInt8])]) -> [UInt8] {
        var body = Array("WEBP".utf8)
        for (name, content) in [(name: "VP8L", body: [1, 2, 3])] + chunks { body += riffChunk(name, content) }
        return Array("RIFF".utf8) + Pictures.littleEndian(body.count, 4) + body
    }

    static func riffChunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        Array(name.utf8) + Pictures.littleEndian(body.count, 4) + body + [UInt8](repeating: 0, count: body.count % 2)
    }

    static func textChunk(_ keyword: String, _ text: [UInt8]) -> [UInt8] {
        Pictures.chunk("tEXt", Array(keyword.utf8) + [0] + text)
    }

    static func deflatedTextChunk(_ keyword: String, _ text: [UInt8]) -> [UInt8] {
        Pictures.chunk("zTXt", Array(keyword.utf8) + [0, 0] + Pictures.stored(text))
    }

    static func internationalTextChunk(_ keyword: String, _ text: [UInt8], isDeflated: Bool) -> [UInt8] {
        let head = Array(keyword.utf8) + [0, isDeflated ? 1 : 0, 0] + Array("en\0word\0".utf8)
        return Pictures.chunk("iTXt", head + (isDeflated ? Pictures.stored(text) : text))
    }

    /// As ImageMagick writes it: name, length, 36 bytes a line.
    static func rawProfile(_ name: String, _ block: [UInt8]) -> [UInt8] {
        var text = Array("\n\(name)\n\(String(repeating: " ", count: 4))\(block.count)".utf8)
        for (index, byte) in block.enumerated() {
            if index % 36 == 0 { text.append(UInt8(ascii: "\n")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return text + [UInt8(ascii: "\n")]
    }

    private static let digits = Array("0123456789abcdef".utf8)

    struct Item {
        var kind = "Exif"
        /// What its content is made of, one extent each.
        var pieces: [[UInt8]]
        /// In the `idat` box, not in the file.
        var isInData = false
    }

    /// A HEIF whose first item is the picture.
    static func heif(_ items: [Item], brand: String = "heic") -> [UInt8] {
        let names = items.enumerated().reduce(into: infoEntry(1, "hvc1")) {
            $0 += infoEntry($1.offset + 2, $1.element.kind)
        }
        let information = box("iinf", [0, 0, 0, 0] + Pictures.bigEndian(items.count + 1, 2) + names)
        let data = box("idat", items.filter(\.isInData).flatMap { $0.pieces.joined() })
        func locations(from start: Int) -> [UInt8] {
            var (inFile, inData) = (start, 0)
            // Version 1; offsets and lengths of 4 bytes, no base, no index.
            var body: [UInt8] = [1, 0, 0, 0, 0x44, 0x00] + Pictures.bigEndian(items.count + 1, 2)
            body += Pictures.bigEndian(1, 2) + [0, 0, 0, 0] + Pictures.bigEndian(1, 2)
            body += Pictures.bigEndian(start, 4) + Pictures.bigEndian(0, 4)
            for (index, item) in items.enumerated() {
                body += Pictures.bigEndian(index + 2, 2) + [0, item.isInData ? 1 : 0, 0, 0]
                body += Pictures.bigEndian(item.pieces.count, 2)
                for piece in item.pieces {
                    body += Pictures.bigEndian(item.isInData ? inData : inFile, 4) + Pictures.bigEndian(piece.count, 4)
                    if item.isInData { inData += piece.count } else { inFile += piece.count }
                }
            }
            return box("iloc", body)
        }
        let type = box("ftyp", Array(brand.utf8) + [0, 0, 0, 0] + Array("mif1".utf8) + Array(brand.utf8))
        func meta(from start: Int) -> [UInt8] {
            box("meta", [0, 0, 0, 0] + information + locations(from: start) + data)
        }
        let start = type.count + meta(from: 0).count + 8
        let content = items.filter { !$0.isInData }.flatMap { $0.pieces.joined() }
        return type + meta(from: start) + box("mdat", content)
    }

    private static func infoEntry(_ number: Int, _ kind: String) -> [UInt8] {
        let content = kind == "mime" ? Array("\0application/rdf+xml\0".utf8) : [0]
        return box("infe", [2, 0, 0, 0] + Pictures.bigEndian(number, 2) + [0, 0] + Array(kind.utf8) + content)
    }

    static func box(_ kind: String, _ body: [UInt8]) -> [UInt8] {
        Pictures.bigEndian(body.count + 8, 4) + Array(kind.utf8) + body
    }

    /// An uncompressed RGB TIFF with what `exif` says in its directory.
    static func tiff(_ image: PixelImage, _ exif: EXIFBytes, xmp: [UInt8]? = nil) -> [UInt8] {
        func structure(pixelsAt start: Int) -> [UInt8] {
            var all = exif
            all.main += [
                (0x0100, .short(image.width)), (0x0101, .short(image.height)), (0x0102, .shorts([8, 8, 8])),
                (0x0103, .short(1)), (0x0106, .short(2)), (0x0111, .long(start)), (0x0115, .short(3)),
                (0x0116, .short(image.height)), (0x0117, .long(image.bytes.count)),
            ]
            if let xmp { all.main.append((0x02bc, .bytes(kind: 1, xmp))) }
            all.main.sort { $0.tag < $1.tag }
            return Array(all.bytes.dropFirst(6))
        }
        return structure(pixelsAt: structure(pixelsAt: 0).count) + image.bytes
    }

    /// A BigTIFF of a model and a time, without pixels; its directories stand at the end.
    static func bigTIFF(model: String, time: String) -> [UInt8] {
        func entry(_ tag: Int, _ kind: Int, _ count: Int, _ value: Int) -> [UInt8] {
            Pictures.littleEndian(tag, 2) + Pictures.littleEndian(kind, 2) + Pictures.littleEndian(count, 8)
                + Pictures.littleEndian(value, 8)
        }
        let texts = Array("\(model)\0\(time)\0".utf8)
        let main = 16 + texts.count
        let photo = main + 8 + 2 * 20 + 8
        var out = Array("II".utf8) + [43, 0, 8, 0, 0, 0] + Pictures.littleEndian(main, 8) + texts
        out += Pictures.littleEndian(2, 8) + entry(0x0110, 2, model.utf8.count + 1, 16) + entry(0x8769, 18, 1, photo)
        out += Pictures.littleEndian(0, 8) + Pictures.littleEndian(1, 8)
        out += entry(0x9003, 2, time.utf8.count + 1, 16 + model.utf8.count + 1)
        return out + Pictures.littleEndian(0, 8)
    }
}
