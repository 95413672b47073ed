internal import CImages
import SosiaCore

/// What is read from an EXIF block (CIPA DC-008).
struct EXIFBlock {
    private let native: sosia_exif

    /// 1...8; nil when absent.
    var orientation: Int? { native.orientation == 0 ? nil : Int(native.orientation) }
    var make: String { Self.text(native.make) }
    var model: String { Self.text(native.model) }
    var position: PictureFacts.Position? {
        native.has_position == 0
            ? nil : PictureFacts.Position(latitude: native.latitude, longitude: native.longitude)
    }

    /// DateTimeOriginal, DateTimeDigitized and DateTime as they are stored, each of both directories.
    var times: [(text: String, offset: String)] {
        withUnsafeBytes(of: native.times) { times in
            times.bindMemory(to: sosia_exif_time.self).map { (Self.text($0.text), Self.text($0.offset)) }
        }
    }

    /// - Parameter block: one that ``TIFFStructure`` has made.
    init(_ block: [UInt8]) {
        var exif = sosia_exif()
        block.withUnsafeBufferPointer { sosia_exif_read($0.baseAddress, $0.count, &exif) }
        native = exif
    }

    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
