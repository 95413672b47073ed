internal import CImages

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
