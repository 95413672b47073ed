import Catalog
import Images
import Rasters
public import SosiaCore

extension Store {
    /// The rasters that tiles were cut from, by path.
    public func rasters() throws -> [TileContainer] {
        try tileContainers().filter { $0.kind == .raster }
    }

    /// - Throws: ``RasterPlaceError/unknownRaster(_:)``
    public func raster(_ id: Int64) throws -> TileContainer {
        let found = try engine.reading { try engine.catalog.container(id) }
        guard let found, found.kind == .raster else { throw RasterPlaceError.unknownRaster(id) }
        return found
    }

    /// The numbers of the files that tiles were cut from, by path.
    public func tileContainerNumbers() throws -> [String: Int64] {
        try engine.reading { try engine.catalog.containerNumbers() }
    }

    /// A place of a raster, in its own proportions.
    /// - Parameter maximumSide: pixels of the longer side; a smaller place is given as it is.
    /// - Returns: a JPEG.
    /// - Throws: ``RasterPlaceError``; ``TileError`` when the file is gone, is not what it was, or cannot be read.
    public func picture(of place: RasterPlace, maximumSide: Int) async throws -> [UInt8] {
        let raster = try raster(place.raster)
        let window = try place.window(in: raster.facts)
        return try await views.run {
            let share = min(Double(max(maximumSide, 1)) / Double(max(window.width, window.height)), 1)
            func scaled(_ side: Int) -> Int { max(Int((Double(side) * share).rounded()), 1) }
            return try ImageEncoder.jpeg(
                self.view(of: raster, window, width: scaled(window.width), height: scaled(window.height)))
        }
    }

    /// A piece of a raster's pyramid: see ``RasterPyramid``.
    /// - Returns: a JPEG of 256 x 256 pixels, fewer at the right and at the bottom.
    /// - Throws: ``RasterPlaceError/noPiece(level:x:y:lastLevel:)``; ``TileError`` when the file is gone, is not what it
    ///   was, or cannot be read.
    public func piece(of raster: TileContainer, level: Int, x: Int, y: Int) async throws -> [UInt8] {
        let pyramid = RasterPyramid(width: raster.facts.width, height: raster.facts.height)
        guard let piece = pyramid?.piece(level: level, x: x, y: y) else {
            throw RasterPlaceError.noPiece(level: level, x: x, y: y, lastLevel: pyramid?.lastLevel ?? 0)
        }
        let key = PieceCache.Key(raster: raster.id, stamp: raster.stamp, level: level, x: x, y: y)
        return try await views.run {
            // Asked for its file first: what is kept of one that is gone is not shown.
            let source = try self.tiles.source(of: raster)
            if let kept = self.pieces[key] { return kept }
            guard let pixels = try source.scaled(piece.window, width: piece.width, height: piece.height) else {
                throw TileError.changed(path: raster.path)
            }
            let bytes = try ImageEncoder.jpeg(pixels)
            self.pieces[key] = bytes
            return bytes
        }
    }

    /// The pixels of a place, one for each.
    func pixels(of place: RasterPlace) throws -> PixelImage {
        let raster = try raster(place.raster)
        let window = try place.window(in: raster.facts)
        return try view(of: raster, window, width: window.width, height: window.height)
    }

    private func view(of raster: TileContainer, _ window: PixelWindow, width: Int, height: Int) throws -> PixelImage {
        guard let pixels = try tiles.source(of: raster).scaled(window, width: width, height: height) else {
            throw TileError.changed(path: raster.path)
        }
        return pixels
    }
}
