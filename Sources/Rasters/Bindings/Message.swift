internal import CGDAL
import Platform

extension Message {
    init() { self.init(size: Int(SOSIA_RASTER_MESSAGE_SIZE)) }
}

extension RasterError {
    static var noLibrary: RasterError {
        .libraryMissing(library: "GDAL", package: "libgdal32 (libgdal34t64 on Ubuntu 24.04)")
    }

    /// - Parameter failure: What it means that the library gave up.
    /// - Returns: nil when the status is OK.
    init?(_ status: sosia_raster_status, failure: @autoclosure () -> RasterError) {
        switch status {
        case SOSIA_RASTER_OK: return nil
        case SOSIA_RASTER_NO_LIBRARY: self = .noLibrary
        case SOSIA_RASTER_NO_MEMORY: self = .outOfMemory
        default: self = failure()
        }
    }
}

/// The characters of a C array, which Swift sees as a tuple.
func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
