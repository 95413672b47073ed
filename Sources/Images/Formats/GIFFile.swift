/// The blocks of a GIF (GIF89a specification); libvips draws its frames.
struct GIFFile {
    private(set) var frames = 0
    /// Where the trailer stands.
    private var end: Int?
    private(set) var endsEarly = false
    private var hasTransparency = false
    private var leavesCanvas = false

    init(_ bytes: [UInt8]) {
        func field(_ offset: Int, _ width: Int) -> Int { bytes.littleEndian(at: offset, bytes: width) ?? 0 }
        func table(_ flags: Int) -> Int { flags & 0x80 == 0 ? 0 : 3 << ((flags & 7) + 1) }
        var at = 13 + table(field(10, 1))
        blocks: while let kind = bytes.littleEndian(at: at, bytes: 1) {
            switch kind {
            case 0x3b:
                end = at
                return
            case 0x21:
                // A graphic control extension says whether a colour is transparent.
                if field(at + 1, 1) == 0xf9, field(at + 3, 1) & 1 == 1 { hasTransparency = true }
                at += 2
            case 0x2c:
                let isWhole =
                    field(at + 1, 4) == 0 && field(at + 5, 2) >= field(6, 2) && field(at + 7, 2) >= field(8, 2)
                if frames == 0, !isWhole { leavesCanvas = true }
                frames += 1
                at += 11 + table(field(at + 9, 1))
            default: return
            }
            // Parts of up to 255 bytes, ended by an empty one.
            while let length = bytes.littleEndian(at: at, bytes: 1) {
                at += 1 + length
                if length == 0 { continue blocks }
            }
        }
        endsEarly = true
    }

    /// The same pictures, with the canvas that no frame covers transparent: libvips shows it black unless some frame
    /// has a transparent colour. One of a single pixel is put behind the others.
    func withOpenCanvas(_ bytes: [UInt8]) -> [UInt8] {
        guard leavesCanvas, !hasTransparency, let end else { return bytes }
        let control: [UInt8] = [0x21, 0xf9, 4, 1, 0, 0, 0, 0]
        let frame: [UInt8] = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0x80]
        // Two colours; the codes for clear, 0 and end.
        let pixel: [UInt8] = [0, 0, 0, 0, 0, 0, 2, 2, 0x44, 0x01, 0]
        return bytes[..<end] + control + frame + pixel + bytes[end...]
    }
}
