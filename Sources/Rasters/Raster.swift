public import SosiaCore

/// A georeferenced image of any size, read window by window. Safe from several threads: each reads through a handle of
/// its own.
public final class Raster: Sendable {
    /// Most pixels across or down that ``window(_:emptiness:)`` and ``scaled(_:width:height:)`` give.
    public static let maximumSide = 16_384

    /// As it was given.
    public let path: String
    public let facts: RasterFacts

    /// - Parameter path: A GeoTIFF, BigTIFF, COG, JPEG 2000, VRT, PNG, JPEG, WebP or BMP file. Addresses and the
    ///   library's virtual files are refused.
    /// - Throws: ``RasterError/libraryMissing(library:package:)``, ``RasterError/missing(path:)``,
    ///   ``RasterError/refused(path:reason:)``, ``RasterError/unreadable(path:reason:)``
    public init(opening path: String) throws(RasterError) {
        throw .libraryMissing(library: "GDAL", package: "libgdal32")
    }

    /// The RGB pixels of a window at full resolution, and what share of it shows nothing.
    /// - Throws: ``RasterError/windowOutside(_:width:height:)``, ``RasterError/corruptBlock(_:reason:)``,
    ///   ``RasterError/changed(path:)``, ``RasterError/vanished(path:)``
    public func window(_ window: PixelWindow, emptiness: EmptinessRule) throws(RasterError) -> RasterWindow {
        throw .libraryMissing(library: "GDAL", package: "libgdal32")
    }

    /// The tiles of some rows of a plan, in order, each with its pixels or its error.
    ///
    /// The quick way to read many: every block of the file is decoded once, although tiles overlap.
    /// - Parameter rows: Rows of the plan; all of them when nil.
    public func tiles(of plan: TilePlan, rows: Range<Int>? = nil, emptiness: EmptinessRule) -> RasterTiles {
        RasterTiles(self, plan: plan, rows: rows ?? 0..<plan.rows, emptiness: emptiness)
    }

    /// Any window, scaled to `width` x `height` pixels; the file's own overviews are used where it has them.
    /// - Throws: ``RasterError/outputOutOfRange(width:height:maximumSide:)``, and what ``window(_:emptiness:)`` throws.
    public func scaled(_ window: PixelWindow, width: Int, height: Int) throws(RasterError) -> PixelImage {
        throw .libraryMissing(library: "GDAL", package: "libgdal32")
    }

    /// The four corners of a window in WGS 84, from the upper left one clockwise; nil without georeference.
    ///
    /// Longitudes are at least -180, and go on beyond 180 for a window that crosses the antimeridian.
    public func outline(of window: PixelWindow) -> GeoPolygon? {
        nil
    }

    /// Where on the raster a point of WGS 84 lies, in pixels from the upper left corner of the first one; not
    /// necessarily within the raster.
    /// - Returns: nil without georeference, or when the projection has no such point.
    public func pixel(at point: GeoPoint) -> (x: Double, y: Double)? {
        nil
    }
}
