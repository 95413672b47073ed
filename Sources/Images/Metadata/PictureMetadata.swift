import SosiaCore

/// What a file says of its picture: in EXIF, and in XMP where EXIF says nothing.
struct PictureMetadata {
    private let exif: EXIFBlock?
    private let xmp: XMPPacket?

    init(_ blocks: MetadataBlocks) {
        exif = blocks.exif.flatMap { EXIFBlock($0) }
        xmp = blocks.xmp.map { XMPPacket($0) }
    }

    /// EXIF value, 1...8; nil when absent.
    var orientation: Int? { exif?.orientation ?? xmp?.orientation }

    /// The first of DateTimeOriginal, DateTimeDigitized and DateTime that is a time.
    var captured: String? {
        let stored = (exif?.times ?? []) + (xmp?.times ?? []).map { (text: $0, offset: "") }
        return stored.lazy.compactMap { PictureFacts.timestamp($0.text, offset: $0.offset) }.first
    }

    var position: PictureFacts.Position? { Self.fix(exif?.position) ?? Self.fix(xmp?.position) }

    /// Receivers without a fix write zeros; nobody photographs at sea at just this place.
    private static func fix(_ position: PictureFacts.Position?) -> PictureFacts.Position? {
        position.flatMap { $0.latitude == 0 && $0.longitude == 0 ? nil : $0 }
    }

    var camera: String? {
        exif.flatMap { PictureFacts.camera(make: $0.make, model: $0.model) }
            ?? xmp.flatMap { PictureFacts.camera(make: $0.make, model: $0.model) }
    }
}

extension PictureFacts {
    init(format: PictureFormat, width: Int, height: Int, metadata: PictureMetadata?) {
        self.init(
            format: format.rawValue, width: width, height: height, captured: metadata?.captured,
            position: metadata?.position, camera: metadata?.camera)
    }

    /// Most models name their make already: `NIKON CORPORATION` and `NIKON D70` are a `NIKON D70`.
    static func camera(make: String, model: String) -> String? {
        guard !model.isEmpty else { return make.isEmpty ? nil : make }
        guard let brand = make.split(separator: " ").first else { return model }
        return model.lowercased().hasPrefix(brand.lowercased()) ? model : "\(make) \(model)"
    }
}
