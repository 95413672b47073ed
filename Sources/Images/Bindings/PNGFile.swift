internal import CImages

/// A PNG file that is written from top to bottom; it is whole once ``finish()`` returned.
final class PNGFile {
    private let native: UnsafeMutableRawPointer
    private let path: String
    private let rowBytes: Int

    init(creating path: String, width: Int, height: Int) throws(EncodeError) {
        guard let columns = Int32(exactly: width), let rows = Int32(exactly: height) else {
            throw .sideTooLong(width: width, height: height, maximumSide: Int(Int32.max))
        }
        var opened: UnsafeMutableRawPointer?
        try Self.check(sosia_png_create(path, columns, rows, &opened), path)
        guard let opened else { throw .unwritable(path: path) }
        native = opened
        self.path = path
        rowBytes = width * 3
    }

    deinit { sosia_png_free(native) }

    /// - Parameter rgb: whole rows.
    func append(_ rgb: [UInt8]) throws(EncodeError) {
        let status = rgb.withUnsafeBufferPointer {
            sosia_png_write(native, $0.baseAddress, Int32(clamping: $0.count / rowBytes))
        }
        try Self.check(status, path)
    }

    func finish() throws(EncodeError) { try Self.check(sosia_png_finish(native), path) }

    private static func check(_ status: sosia_image_status, _ path: String) throws(EncodeError) {
        switch status {
        case SOSIA_IMAGE_OK: return
        case SOSIA_IMAGE_NO_LIBRARY: throw .libraryMissing(library: "libpng 1.6", package: "libpng16-16")
        case SOSIA_IMAGE_NO_MEMORY: throw .outOfMemory
        default: throw .unwritable(path: path)
        }
    }
}
