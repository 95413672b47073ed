public import SosiaCore

/// Why a raster, or a part of it, could not be read.
public enum RasterError: Error, Hashable, Sendable {
    /// The shared library that reads rasters is not installed.
    case libraryMissing(library: String, package: String)
    /// No file is there.
    case missing(path: String)
    /// Not the path of a file: an address, or a name that the library would take for something else.
    case refused(path: String, reason: String)
    case unreadable(path: String, reason: String)
    /// The file is another one than when it was opened.
    case changed(path: String)
    /// The file was there when it was opened and is no longer.
    case vanished(path: String)
    /// Pixels are asked for that the raster, which has `width` x `height` of them, does not have.
    case windowOutside(PixelWindow, width: Int, height: Int)
    /// No pixels are asked for, or more than are ever given at once.
    case outputOutOfRange(width: Int, height: Int, maximumSide: Int)
    /// Not one whole tile fits.
    case tooSmall(width: Int, height: Int, tile: Int)
    case invalidTile(got: Int, minimum: Int, maximum: Int)
    case invalidStride(got: Int, minimum: Int, maximum: Int)
    case invalidEmptyShare(got: Double, minimum: Double, maximum: Double)
    /// Part of this window cannot be decoded; others may be whole.
    case corruptBlock(PixelWindow, reason: String)
    case outOfMemory
    /// The task that reads was cancelled.
    case cancelled
}

extension RasterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .libraryMissing(let library, let package):
            "\(library) is missing or too old: apt-get install \(package)"
        case .missing(let path): "\(path): no such file"
        case .refused(let path, let reason): "\(path) is not read as a raster: \(reason)"
        case .unreadable(let path, let reason): "\(path) cannot be read as a raster: \(reason)"
        case .changed(let path): "\(path) has changed since it was opened"
        case .vanished(let path): "\(path) is gone since it was opened"
        case .windowOutside(let window, let width, let height):
            "the window \(Self.words(window)) is not in the raster's \(width) x \(height) pixels"
        case .outputOutOfRange(let width, let height, let maximumSide):
            "\(width) x \(height) pixels asked for, expected 1 to \(maximumSide) a side"
        case .tooSmall(let width, let height, let tile):
            "\(width) x \(height) pixels hold no whole tile of \(tile) x \(tile)"
        case .invalidTile(let got, let minimum, let maximum):
            "a tile of \(got) pixels a side, expected \(minimum) to \(maximum)"
        case .invalidStride(let got, let minimum, let maximum):
            "a stride of \(got) pixels, expected \(minimum) to \(maximum)"
        case .invalidEmptyShare(let got, let minimum, let maximum):
            "an empty share of \(got), expected \(minimum) to \(maximum)"
        case .corruptBlock(let window, let reason):
            "the window \(Self.words(window)) cannot be decoded: \(reason)"
        case .outOfMemory: "out of memory"
        case .cancelled: "the reading was cancelled"
        }
    }

    private static func words(_ window: PixelWindow) -> String {
        "\(window.width) x \(window.height) at \(window.x),\(window.y)"
    }
}
