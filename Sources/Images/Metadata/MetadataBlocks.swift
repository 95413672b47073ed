/// Where a file keeps what it says of its picture: the bytes, which nobody has believed yet.
///
/// Each container has a reader that goes over its parts once and believes no length before it has been compared with
/// the bytes that are there.
struct MetadataBlocks {
    /// What facts are read from of the structure that is called EXIF.
    private(set) var exif: [UInt8]?
    /// The packet that is called XMP.
    private(set) var xmp: ArraySlice<UInt8>?

    /// Chunks, boxes and items of a file that are looked at.
    static let maximumParts = 1 << 18
    /// Bytes of a block that has to be put together, or inflated.
    static let maximumCopy = 1 << 22

    /// Blocks that are looked at where all before are junk.
    private static let maximumOffers = 64
    private var offers = 0

    /// Takes the block unless there is one, or this says nothing: what calls itself EXIF may be junk, with EXIF behind it.
    mutating func offer(exif block: ArraySlice<UInt8>) {
        guard exif == nil, offers < Self.maximumOffers else { return }
        offers += 1
        exif = TIFFStructure(near: block)?.exifBlock()
    }

    mutating func offer(xmp packet: ArraySlice<UInt8>) {
        if xmp == nil, !packet.isEmpty { xmp = packet }
    }

    /// Of a JPEG: an APP1 segment, which begins with `Exif` or with the name of XMP (ISO 16684-3).
    mutating func offer(segment: ArraySlice<UInt8>) {
        let marker = "http://ns.adobe.com/xap/1.0/\0".utf8
        if segment.starts(with: marker) {
            offer(xmp: segment.dropFirst(marker.count))
        } else {
            offer(exif: segment)
        }
    }

    init() {}

    /// - Returns: nothing for a file that is damaged in front of its metadata.
    init(of bytes: [UInt8], format: PictureFormat) {
        switch format {
        case .jpeg: self = (try? JPEGHeader(bytes))?.metadata ?? MetadataBlocks()
        case .png: readPNG(bytes)
        case .webp: readWebP(bytes)
        case .heif, .avif: readItems(bytes)
        case .tiff:
            let structure = TIFFStructure(bytes[...])
            exif = structure?.exifBlock()
            xmp = structure?.xmp
        case .gif:
            // An application extension, in which the packet stands as it is (ISO 16684-3); it ends where its text does.
            let name = bytes.prefix(Self.maximumCopy).firstRange(of: Array("XMP DataXMP".utf8))
            if let name { offer(xmp: bytes[name.upperBound...]) }
        case .bmp: break
        }
    }

    /// A RIFF file's `EXIF` and `XMP ` chunks, wherever they stand.
    private mutating func readWebP(_ bytes: [UInt8]) {
        var at = 12
        for _ in 0..<Self.maximumParts {
            guard let kind = bytes.bigEndian(at: at, bytes: 4), let length = bytes.littleEndian(at: at + 4, bytes: 4)
            else { return }
            let chunk = bytes[at + 8..<min(at + 8 + length, bytes.count)]
            switch kind {
            case 0x4558_4946: offer(exif: chunk)
            case 0x584d_5020: offer(xmp: chunk)
            default: break
            }
            at += 8 + length + length % 2
        }
    }
}
