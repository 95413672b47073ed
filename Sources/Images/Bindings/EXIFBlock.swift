internal import CImages
import SosiaCore

/// What is read from an EXIF block (CIPA DC-008), as text.
struct EXIFBlock {
    private let native: sosia_exif

    /// 1...8; nil when absent.
    var orientation: Int? { native.orientation == 0 ? nil : Int(native.orientation) }
    /// `2024:05:31 18:02:11`
    var captured: String { Self.text(native.captured) }
    /// `+02:00`
    var offset: String { Self.text(native.offset) }
    var make: String { Self.text(native.make) }
    var model: String { Self.text(native.model) }
    /// Degrees.
    var position: (latitude: Double, longitude: Double)? {
        native.has_position == 0 ? nil : (native.latitude, native.longitude)
    }

    /// - Parameter range: the block in `bytes`, starting with `Exif` and two zeros.
    init(_ bytes: [UInt8], in range: Range<Int>) {
        var exif = sosia_exif()
        bytes[range].withUnsafeBufferPointer { sosia_exif_read($0.baseAddress, $0.count, &exif) }
        native = exif
    }

    /// - Parameter block: with or without the leading `Exif` and two zeros.
    init(_ block: [UInt8]) {
        let marker = JPEGHeader.exifMarker
        let whole = block.starts(with: marker) ? block : marker + block
        self.init(whole, in: whole.indices)
    }

    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension PictureFacts {
    init(format: PictureFormat, width: Int, height: Int, exif: EXIFBlock?) {
        self.init(
            format: format.rawValue, width: width, height: height,
            captured: exif.flatMap { Self.timestamp($0.captured, offset: $0.offset) },
            position: exif?.position.flatMap { Position(latitude: $0.latitude, longitude: $0.longitude) },
            camera: exif.flatMap { Self.camera(make: $0.make, model: $0.model) })
    }

    /// `2024:05:31 18:02:11` to `2024-05-31T18:02:11`, with the offset when it is one.
    static func timestamp(_ text: String, offset: String) -> String? {
        let fields = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == " " }
        let ranges = [1...9999, 1...12, 1...31, 0...23, 0...59, 0...60]
        guard fields.count == 6, text.count == 19,
            zip(fields, ranges).allSatisfy({ field, range in
                field.allSatisfy { $0.isASCII && $0.isNumber } && Int(field).map(range.contains) == true
            })
        else { return nil }
        let day = fields[..<3].joined(separator: "-")
        let time = fields[3...].joined(separator: ":")
        return "\(day)T\(time)\(isOffset(offset) ? offset : "")"
    }

    private static func isOffset(_ text: String) -> Bool {
        let characters = Array(text)
        guard characters.count == 6, characters[0] == "+" || characters[0] == "-", characters[3] == ":",
            let hours = Int(String(characters[1...2])), let minutes = Int(String(characters[4...5]))
        else { return false }
        return (0...14).contains(hours) && (0...59).contains(minutes)
    }

    /// Most models name their make already: `NIKON CORPORATION` and `NIKON D70` are a `NIKON D70`.
    static func camera(make: String, model: String) -> String? {
        guard !model.isEmpty else { return make.isEmpty ? nil : make }
        guard let brand = make.split(separator: " ").first else { return model }
        return model.lowercased().hasPrefix(brand.lowercased()) ? model : "\(make) \(model)"
    }
}
