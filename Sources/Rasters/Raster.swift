internal import CGDAL
public import SosiaCore

/// A georeferenced image of any size, read window by window. Safe from several threads: each reads through a handle of
/// its own.
public final class Raster: Sendable {
    /// The most pixels across or down that ``window(_:emptiness:)`` and ``scaled(_:width:height:)`` give.
    public static let maximumSide = 8_192

    /// As it was given.
    public var path: String { file.path }
    public let facts: RasterFacts

    /// The library decodes whole blocks. In bytes, all bands of one together.
    private static let largestBlock = 512 << 20

    let file: SourceFile
    let handles: HandlePool
    let rule: PixelRule
    let places: RasterPlaces?

    /// - Parameter path: A GeoTIFF, BigTIFF, COG, JPEG 2000, VRT, PNG, JPEG, WebP or BMP file. Addresses and the
    ///   library's virtual files are refused.
    /// - Throws: ``RasterError/libraryMissing(library:package:)``, ``RasterError/missing(path:)``,
    ///   ``RasterError/refused(path:reason:)``, ``RasterError/unreadable(path:reason:)``
    public init(opening path: String) throws(RasterError) {
        var file = try SourceFile(path)
        let handle: RasterHandle
        do {
            handle = try RasterHandle(opening: file.absolute)
        } catch .unreadable(_, let reason) {
            throw .unreadable(path: path, reason: reason)
        }
        let header = handle.header
        file.watch(SourceFile.sideFiles(of: file.absolute) + handle.files)
        self.file = file
        let bands = (0..<header.bands).compactMap { handle.band($0) }
        guard !bands.isEmpty, bands.count == header.bands, header.width > 0, header.height > 0 else {
            throw .unreadable(path: path, reason: "it has no bands of pixels")
        }
        if let block = bands.map(\.blockBytes).max(), block > Self.largestBlock / bands.count {
            let side = "\(bands[0].blockWidth) x \(bands[0].blockHeight)"
            throw .unreadable(
                path: path, reason: "its blocks of \(side) pixels are too large, smaller tiles are needed")
        }
        let choice = BandChoice(bands.map(\.band))
        let first = bands[choice.shown[0]]
        let palette =
            first.band.meaning == .palette && choice.shown.count == 1
            ? handle.palette(choice.shown[0], count: first.paletteCount) : []
        let range =
            palette.isEmpty
            ? ValueRange.of(handle, width: header.width, height: header.height, choice, bands) : nil
        rule = PixelRule(choice, bands, palette: palette, range: range)
        let placement = handle.places()
        places = placement.places
        let notes = [choice.note, placement.placement.note].compactMap { $0 }
        facts = RasterFacts(
            driver: header.driver, width: header.width, height: header.height, bands: bands.map(\.band),
            shown: choice.shown, range: range, hasMask: first.hasMask, isGeoreferenced: placement.places != nil,
            projection: placement.name, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
        handles = HandlePool(path: file.absolute, handle)
    }

    /// Other files that it is read from, absolute: parts of a mosaic, and what lies beside it under its name; the first
    /// 512 of them.
    public var parts: [String] { file.partPaths }

    /// The files that lie beside a raster and say something of it, whether it is open or not.
    /// - Parameter path: absolute.
    public static func sideFiles(of path: String) -> [String] { SourceFile.sideFiles(of: path) }

    /// The RGB pixels of a window at full resolution, and what share of it shows nothing.
    /// - Throws: ``RasterError/windowOutside(_:width:height:)``,
    ///   ``RasterError/outputOutOfRange(width:height:maximumSide:)``, ``RasterError/corruptBlock(_:reason:)``,
    ///   ``RasterError/changed(path:)``, ``RasterError/vanished(path:)``
    public func window(_ window: PixelWindow, emptiness: TileOptions.EmptinessRule) throws(RasterError) -> RasterWindow
    {
        try check(window)
        try checkSide(width: window.width, height: window.height)
        try file.check()
        return try handles.withHandle { handle throws(RasterError) in
            var strip = PixelStrip(x: window.x, width: window.width, y: window.y, rule, emptiness)
            try strip.extend(to: window.y + window.height, from: handle)
            return try strip.cut(window)
        }
    }

    /// Any window, scaled to `width` x `height` pixels; the file's own overviews are used where it has them.
    /// - Throws: ``RasterError/cancelled``, ``RasterError/outputOutOfRange(width:height:maximumSide:)``, and what ``window(_:emptiness:)`` throws.
    public func scaled(_ window: PixelWindow, width: Int, height: Int) throws(RasterError) -> PixelImage {
        try check(window)
        try checkSide(width: width, height: height)
        try file.check()
        return try handles.withHandle { handle throws(RasterError) in
            try handle.scaled(window, width: width, height: height, rule)
        }
    }

    /// The tiles of some rows of a plan, in order, each with its pixels or its error.
    ///
    /// The quick way to read many: every block of the file is decoded once, although tiles overlap.
    /// - Parameter rows: Rows of the plan; all of them when nil.
    public func tiles(of plan: TilePlan, rows: Range<Int>? = nil, emptiness: TileOptions.EmptinessRule) -> RasterTiles {
        RasterTiles(self, plan: plan, rows: rows ?? 0..<plan.rows, emptiness: emptiness)
    }

    private func check(_ window: PixelWindow) throws(RasterError) {
        let isInside =
            window.x >= 0 && window.y >= 0 && window.width > 0 && window.height > 0
            && window.width <= facts.width && window.height <= facts.height
            && window.x <= facts.width - window.width && window.y <= facts.height - window.height
        guard isInside else { throw .windowOutside(window, width: facts.width, height: facts.height) }
    }

    private func checkSide(width: Int, height: Int) throws(RasterError) {
        let sides = 1...Self.maximumSide
        guard sides.contains(width), sides.contains(height) else {
            throw .outputOutOfRange(width: width, height: height, maximumSide: Self.maximumSide)
        }
    }
}

/// A window read from a raster.
public struct RasterWindow: Sendable, Equatable {
    public let window: PixelWindow
    /// One for each pixel of the window.
    public let pixels: PixelImage
    /// Share of pixels that show nothing, 0...1.
    public let emptyShare: Double
}
