internal import CReports
import Platform
import SosiaCore

/// A PDF file that is drawn page by page; it is whole once ``finish()`` returned. Points, from the upper left corner.
final class PDFFile {
    /// Of letters.
    struct Style {
        let size: Double
        var isBold = false
        /// 0 is black.
        var grey = 0.0
    }

    private let native: UnsafeMutableRawPointer
    private let path: String

    /// - Parameter path: the file's final name, for errors.
    init(
        creating file: String, for path: String, width: Double, height: Double, title: String
    ) throws(ReportError) {
        var opened: UnsafeMutableRawPointer?
        var message = Message()
        let status = message.withPointer { sosia_pdf_create(file, width, height, title, &opened, $0) }
        try Self.check(status, message.text, path)
        guard let opened else { throw .unwritable(path: path, reason: message.text) }
        native = opened
        self.path = path
    }

    deinit { sosia_pdf_free(native) }

    /// - Parameter text: one line.
    func draw(_ text: String, x: Double, y: Double, _ style: Style) {
        sosia_pdf_text(native, x, y, style.size, style.isBold ? 1 : 0, style.grey, text)
    }

    func width(of text: String, _ style: Style) -> Double {
        sosia_pdf_text_width(native, style.size, style.isBold ? 1 : 0, text)
    }

    func draw(_ picture: ReportPicture, x: Double, y: Double, width: Double, height: Double) throws(ReportError) {
        let status = picture.pixels.bytes.withUnsafeBufferPointer { rgb in
            picture.jpeg.withUnsafeBufferPointer { jpeg in
                sosia_pdf_picture(
                    native, rgb.baseAddress, Int32(picture.pixels.width), Int32(picture.pixels.height),
                    jpeg.baseAddress, jpeg.count, x, y, width, height)
            }
        }
        try Self.check(status, "out of memory", path)
    }

    func rule(y: Double, from x: Double, to end: Double) { sosia_pdf_line(native, x, y, end, y, 0.7) }

    func nextPage() { sosia_pdf_next_page(native) }

    func finish() throws(ReportError) {
        var message = Message()
        let status = message.withPointer { sosia_pdf_finish(native, $0) }
        try Self.check(status, message.text, path)
    }

    private static func check(_ status: sosia_report_status, _ message: String, _ path: String) throws(ReportError) {
        switch status {
        case SOSIA_REPORT_OK: return
        case SOSIA_REPORT_NO_LIBRARY: throw .libraryMissing(library: "Cairo 1.16", package: "libcairo2")
        default: throw .unwritable(path: path, reason: message)
        }
    }
}

extension Message {
    fileprivate init() { self.init(size: Int(SOSIA_REPORT_MESSAGE_SIZE)) }
}
